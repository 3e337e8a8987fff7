import type { LabContainer } from './snapshot';
import { snapshotOf } from './snapshot';
import type { Entity, Store } from './store';

// What a person sees who opens the address of a report. The platform's own pages need a browser's session; these are the lab's.

const REPORTS = '/dashboard/analyses/reports';
const CASES = '/dashboard/cases/incidents';
const INCIDENTS = '/dashboard/events/incidents';
const PAGES: Readonly<Record<string, 'reports' | 'cases' | 'incidents'>> = {
	[REPORTS]: 'reports',
	[CASES]: 'cases',
	[INCIDENTS]: 'incidents',
};

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f8;color:#15171c}
main{max-width:960px;margin:24px auto;background:#fff;border:1px solid #d9dce3;border-radius:6px;padding:8px 32px 32px}
h1{font-size:24px}h2{font-size:17px;margin-top:32px;border-bottom:1px solid #d9dce3}
.tag{display:inline-block;border-radius:4px;padding:1px 8px;margin-right:6px;background:#e6e8ee;font-size:13px}
.marking{background:#d84315;color:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
table{border-collapse:collapse;width:100%;font-size:14px}td,th{border:1px solid #d9dce3;padding:4px 8px;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f4f5f8}iframe{width:100%;height:420px;border:1px solid #d9dce3}footer,.none{color:#6b7080}`;

/** Nothing of a stored message is run or fetched, its frame included. */
export const PAGE_HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'",
	'x-content-type-options': 'nosniff',
} as const;

/** The page of a path behind the platform's address (`base`), or undefined when there is none. */
export function labPage(store: Store, base: string, path: string): string | undefined {
	const [, place, id] = /^(\/dashboard\/[a-z]+\/[a-z]+)(?:\/([\w-]+))?\/?$/.exec(path) ?? [];
	if (['', '/', '/dashboard'].includes(path)) return overview(store, base);
	const kind = place === undefined ? undefined : PAGES[place];
	if (kind === undefined) return undefined;
	if (id === undefined) return overview(store, base);
	const container = snapshotOf(store)[kind].find((one) => one.id === id || one.standardId === id);
	return container === undefined ? undefined : containerPage(store, container);
}

function overview(store: Store, base: string): string {
	const { reports, cases, incidents } = snapshotOf(store);
	const rows = (containers: LabContainer[], place: string) =>
		containers
			.toReversed()
			.map(({ id, name, published, created, markings, objects, files }) =>
				row([
					`<a href="${base}${place}/${id}">${escaped(name)}</a>`,
					escaped(published ?? created ?? ''),
					tags(markings, 'marking'),
					String(objects.length),
					String(files.length),
				]),
			);
	const head = ['Name', 'Date', 'Markings', 'Objects', 'Files'];
	return page('Reports, cases and incidents', [
		'<h1>Reports, cases and incidents</h1>',
		'<h2>Reports</h2>',
		table(head, rows(reports, REPORTS)),
		'<h2>Cases</h2>',
		table(head, rows(cases, CASES)),
		'<h2>Incidents</h2>',
		table(head, rows(incidents, INCIDENTS)),
	]);
}

function containerPage(store: Store, container: LabContainer): string {
	const { name, published, created, markings, labels, author, reportTypes, description, content, files } = container;
	const facts: Array<[string, string]> = [
		['Date', escaped(published ?? created ?? '')],
		['Author', escaped(author ?? '')],
		['Types', tags(reportTypes)],
		['Confidence', String(container.confidence)],
		[
			'References',
			container.externalReferences
				.map(({ sourceName, externalId, url }) => escaped([sourceName, externalId, url].filter(Boolean).join(' · ')))
				.join('<br>'),
		],
	];
	return page(name, [
		`<h1>${escaped(name)}</h1>`,
		`<p>${tags(markings, 'marking')}${tags(labels)}</p>`,
		table(
			[],
			facts.filter(([, value]) => value !== '').map(([label, value]) => row([`<b>${label}</b>`, value])),
		),
		'<h2>Description</h2>',
		described(description),
		'<h2>Content</h2>',
		content === undefined
			? none('no content')
			: `<iframe sandbox title="Content" srcdoc="${escaped(content)}"></iframe>`,
		`<h2>Files (${files.length})</h2>`,
		table(
			['Name', 'Type', 'Bytes', 'Markings', 'SHA-256'],
			files.map(({ name: file, mimetype, size, markings: of, sha256 }) =>
				row([escaped(file), escaped(mimetype), String(size), tags(of, 'marking'), escaped(sha256)]),
			),
		),
		`<h2>Objects (${container.objects.length})</h2>`,
		table(
			['Type', 'Value', 'Markings'],
			container.objects.map(({ id }) => objectRow(store, store.get(id))),
		),
	]);
}

function objectRow(store: Store, { type, data, markings }: Entity): string {
	const name = (id: unknown) => {
		const entity = store.find(id);
		return entity === undefined ? '?' : valueOf(entity);
	};
	const value =
		data['fromId'] === undefined
			? valueOf({ type, data })
			: `${name(data['fromId'])} → ${String(data['relationship_type'] ?? 'sighted')} → ${name(data['toId'])}`;
	return row([
		escaped(type),
		escaped(value),
		tags(
			markings.map((id) => String(store.get(id).data['definition'])),
			'marking',
		),
	]);
}

const valueOf = ({ type, data }: Pick<Entity, 'type' | 'data'>): string =>
	String(data['value'] ?? data['name'] ?? data['subject'] ?? data['pattern'] ?? data['attribute_abstract'] ?? type);

/** Markdown as the pack writes it: tables as tables, all else as text. */
function described(description: string | undefined): string {
	if (description === undefined || description.trim() === '') return none('no description');
	const parts: string[] = [];
	let text: string[] = [];
	let lines: string[] = [];
	const flush = () => {
		if (text.join('').trim() !== '') parts.push(`<pre>${bold(escaped(text.join('\n').trim()))}</pre>`);
		if (lines.length > 0) parts.push(markdownTable(lines));
		text = [];
		lines = [];
	};
	for (const line of description.split('\n')) {
		const isRow = line.startsWith('|');
		if (isRow ? text.length > 0 : lines.length > 0) flush();
		(isRow ? lines : text).push(line);
	}
	flush();
	return parts.join('');
}

function markdownTable(lines: string[]): string {
	const cells = (line: string) =>
		line
			.replace(/^\||\|\s*$/g, '')
			.split(/(?<!\\)\|/)
			.map((cell) => bold(escaped(cell.trim().replaceAll('\\|', '|'))));
	const isRule = (line: string) => /^[|\s:-]+$/.test(line);
	const [head, ...rest] = lines;
	const headed = rest[0] !== undefined && isRule(rest[0]);
	return table(
		headed ? cells(head!) : [],
		(headed ? rest : lines).filter((line) => !isRule(line)).map((line) => row(cells(line))),
	);
}

const bold = (html: string): string => html.replaceAll(/\*\*([^*]+)\*\*/g, '<b>$1</b>');
const none = (text: string): string => `<p class="none">${text}</p>`;
const tags = (names: readonly string[], kind = ''): string =>
	names.map((name) => `<span class="tag ${kind}">${escaped(name)}</span>`).join('');
const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

function table(head: readonly string[], rows: readonly string[]): string {
	if (rows.length === 0) return none('none');
	const heading = head.length === 0 ? '' : `<tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>`;
	return `<table>${heading}${rows.join('')}</table>`;
}

function page(title: string, parts: readonly string[]): string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>${parts.join('\n')}<footer><p>The lab's OpenCTI: what a platform would hold, to look at.</p></footer></main></body></html>`;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
