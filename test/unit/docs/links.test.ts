import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { ICredentialType, INodeType } from 'n8n-workflow';

const root = join(__dirname, '../../..');

const pages = [
	...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'].map((file) => join(root, file)),
	...filesBelow(join(root, 'docs')).filter((file) => file.endsWith('.md')),
];
const texts = new Map(pages.map((page) => [page, readFileSync(page, 'utf8')]));
const name = (page: string) => relative(root, page).replaceAll('\\', '/');

function filesBelow(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? filesBelow(path) : [path];
	});
}

/** The lines outside fenced blocks: what stands in these is no link and no heading. */
function linesOf(text: string): string[] {
	let fenced = false;
	return text.split('\n').filter((line) => {
		const fence = /^\s*(?:```|~~~)/.test(line);
		if (fence) fenced = !fenced;
		return !fence && !fenced;
	});
}

/** Targets of links and images, inline and by reference, outside code spans. */
function targetsOf(text: string): string[] {
	const prose = linesOf(text).map((line) => line.replace(/`[^`]*`/g, ''));
	const inline = [...prose.join('\n').matchAll(/\]\(([^)\s]+)/g)];
	const references = prose.flatMap((line) => /^\[[^\]]+\]: (\S+)/.exec(line) ?? []).filter((_, i) => i % 2 === 1);
	return [...inline.map(([, target]) => target!), ...references];
}

/** Anchors as GitHub makes them of headings. */
function anchorsOf(text: string): Set<string> {
	const anchors = new Set<string>();
	for (const line of linesOf(text)) {
		const heading = /^#{1,6} (.+)$/.exec(line)?.[1];
		if (heading === undefined) continue;
		const slug = heading
			.replaceAll(/\]\([^()]*\)/g, '')
			.trim()
			.toLowerCase()
			.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
			.replaceAll(' ', '-');
		let anchor = slug;
		for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
		anchors.add(anchor);
	}
	return anchors;
}

const isExternal = (target: string) => /^[a-z][a-z0-9+.-]*:/i.test(target);

/** What a reader who follows the target would miss; undefined when it is there. */
function brokenLink(page: string, target: string): string | undefined {
	const [path = '', anchor] = target.split('#');
	const file = path === '' ? page : resolve(dirname(page), decodeURIComponent(path));
	if (!file.startsWith(root)) return `${target} leads out of the repository`;
	if (!existsSync(file)) return `${target} does not exist`;
	if (anchor === undefined) return undefined;
	if (!file.endsWith('.md') || statSync(file).isDirectory()) return `${target} has an anchor but is no page`;
	const anchors = anchorsOf(texts.get(file) ?? readFileSync(file, 'utf8'));
	return anchors.has(decodeURIComponent(anchor)) ? undefined : `${target}: no such heading`;
}

describe('links', () => {
	it.each(pages.map((page) => [name(page), page]))('of %s lead somewhere', (_name, page) => {
		const targets = targetsOf(texts.get(page)!).filter((target) => !isExternal(target));
		expect(targets.map((target) => brokenLink(page, target)).filter((broken) => broken !== undefined)).toEqual([]);
	});

	it('are looked at: a wrong file, a wrong anchor and a way out are found', () => {
		const page = join(root, 'docs', 'README.md');
		expect(targetsOf('[a](no.md) ![b](x.png "t") `[c](code.md)`\n\n[d]: ref.md')).toEqual(['no.md', 'x.png', 'ref.md']);
		expect(brokenLink(page, 'no-such-page.md')).toMatch('does not exist');
		expect(brokenLink(page, 'imap.md#no-such-heading')).toMatch('no such heading');
		expect(brokenLink(page, '../../elsewhere.md')).toMatch('out of the repository');
		expect(brokenLink(page, 'imap.md#what-it-promises')).toBeUndefined();
	});

	it('show every picture that is there', () => {
		const shown = new Set(
			pages.flatMap((page) => targetsOf(texts.get(page)!).map((target) => resolve(dirname(page), target))),
		);
		const pictures = filesBelow(join(root, 'docs', 'images'));
		expect(pictures.filter((picture) => !shown.has(picture)).map(name)).toEqual([]);
	});

	it('reach every page from the index', () => {
		const index = join(root, 'docs', 'README.md');
		const linked = new Set(
			targetsOf(texts.get(index)!).map((target) => resolve(dirname(index), target.split('#')[0]!)),
		);
		const missing = pages.filter((page) => name(page).startsWith('docs/') && page !== index && !linked.has(page));
		expect(missing.map(name)).toEqual([]);
	});
});

describe('pages', () => {
	const { n8n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
		n8n: { nodes: string[]; credentials: string[] };
	};
	/** The class that n8n loads from the built file, out of its source. */
	const load = <T>(built: string): T => {
		const source = join(root, built.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
		const module = require(source) as Record<string, new () => T>;
		return new (Object.values(module)[0]!)();
	};
	const linkedPage = (url: string | undefined) => /\/blob\/main\/(docs\/[\w/-]+\.md(?:#[\w-]+)?)$/.exec(url ?? '')?.[1];
	const docs = pages.filter((page) => name(page).startsWith('docs/') && !page.endsWith('README.md'));
	const headed = (title: string) => docs.filter((page) => texts.get(page)!.startsWith(`# ${title}\n`));
	const naming = (words: string) => docs.filter((page) => texts.get(page)!.includes(words));

	it.each(n8n.nodes)('%s has one, which lists its parameters and the options of its collections', (built) => {
		const { description } = load<INodeType>(built);
		const { displayName, properties } = description;
		expect(naming(displayName).map(name)).not.toEqual([]);
		const own = [
			...headed(displayName),
			...docs.filter((page) => texts.get(page)!.includes(`The node **${displayName}**`)),
		];
		expect(own.map(name)).not.toEqual([]);
		const options = properties
			.filter(({ type }) => type === 'collection')
			.flatMap(({ options = [] }) => options)
			.map((option) => ('displayName' in option ? option.displayName : option.name))
			.map((option) => option.replace(/ \([^()]*\)$/, ''));
		const linked = own.flatMap((page) => [
			page,
			...targetsOf(texts.get(page)!)
				.filter((target) => !isExternal(target) && target.includes('.md'))
				.map((target) => resolve(dirname(page), target.split('#')[0]!)),
		]);
		const said = linked.map((page) => texts.get(page) ?? '').join('\n');
		expect([...new Set(options)].filter((option) => !said.includes(option))).toEqual([]);
		// Pictures of the node as it is added, and with a result: test/e2e takes them.
		const slug = displayName.toLowerCase().replace(/[^a-z0-9]+/g, '-');
		const pictures = own.flatMap((page) => targetsOf(texts.get(page)!));
		expect(pictures).toEqual(expect.arrayContaining([`images/node-${slug}.png`, `images/result-${slug}.png`]));
	});

	it.each(n8n.nodes)('*Docs* of %s opens that page, and what it says of credentials is there', (built) => {
		const { description } = load<INodeType>(built);
		const codex = built.replace(/^dist\//, '').replace(/\.js$/, '.json');
		const { resources } = JSON.parse(readFileSync(join(root, codex), 'utf8')) as {
			resources: Record<'primaryDocumentation' | 'credentialDocumentation', { url: string }[] | undefined>;
		};
		const [linked] = resources.primaryDocumentation!.map(({ url }) => linkedPage(url));
		const text = texts.get(join(root, linked!))!;
		expect(
			[`# ${description.displayName}\n`, `The node **${description.displayName}**`].some((words) =>
				text.includes(words),
			),
		).toBe(true);
		const others = (resources.credentialDocumentation ?? []).map(({ url }) => linkedPage(url)!);
		expect(others.map((target) => brokenLink(join(root, 'README.md'), target)).filter(Boolean)).toEqual([]);
	});

	it.each(n8n.credentials)('%s has a section that names its fields, and the page it links to exists', (built) => {
		const { displayName, properties, documentationUrl } = load<ICredentialType>(built);
		const page = texts.get(join(root, 'docs', 'credentials.md'))!;
		const section = page.split(/^## /m).find((part) => part.startsWith(`${displayName}\n`)) ?? '';
		const shared = page.split(/^## /m).find((part) => part.startsWith('How a server is reached\n')) ?? '';
		const fields = properties
			.filter(({ type }) => type !== 'hidden' && type !== 'notice')
			.map((field) => field.displayName);
		expect(fields.filter((field) => !`${section}${shared}`.includes(field))).toEqual([]);
		expect(section).toMatch('**Test:**');
		expect(targetsOf(section).filter((target) => target.startsWith('images/credential-'))).toHaveLength(1);
		const linked = linkedPage(documentationUrl);
		expect(linked).toBe(`docs/credentials.md#${displayName.toLowerCase().replaceAll(' ', '-')}`);
		expect(brokenLink(join(root, 'README.md'), linked!)).toBeUndefined();
	});

	const examples = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.json'));
	it.each(examples)('examples/%s has a guide that links to it', (file) => {
		const guide = texts.get(join(root, 'docs', 'guides', file.replace(/\.json$/, '.md')));
		expect(guide).toBeDefined();
		expect(targetsOf(guide!.replaceAll('`', ''))).toContain(`../../examples/${file}`);
	});

	it('of the supply chain names every runtime dependency with its version', () => {
		const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
			dependencies: Record<string, string>;
		};
		const rows = [...texts.get(join(root, 'docs', 'security.md'))!.matchAll(/^\| (\S+) (\d+\.\d+\.\d+) \|/gm)];
		expect(Object.fromEntries(rows.map(([, dependency, version]) => [dependency, version]))).toEqual(dependencies);
	});
});
