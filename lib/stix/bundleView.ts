import { PICTURE_LIMITS } from '../limits';
import type { Badge } from './badges';
import type { Bundle, EmailMessageObject, StixObject, StixObjectOf } from './objects';
import type { StixType } from './properties';
import { embeddedReferences } from './stixObject';

/** One object in a picture. */
export interface ViewRow {
	id: string;
	/** The value, name or subject. */
	text: string;
	/** What else is worth a second line. */
	note?: string;
	/** What is thought of the value. */
	badges?: readonly Badge[];
	/** A sentence, which is cut at its end; of other texts both ends tell most. */
	prose?: boolean;
}

/** The objects of one type, as many as are shown, and how many there are. */
export interface ViewGroup {
	key: string;
	title: string;
	rows: ViewRow[];
	total: number;
}

/** What a picture of a bundle shows: groups in columns from left to right, and which row leads to which. */
export interface BundleView {
	title: string;
	facts: string[];
	markings: string[];
	columns: ViewGroup[][];
	edges: Array<{ from: string; to: string; kind: string }>;
}

const PARTIES = 'parties';

/** Which column a type stands in; types that are not named stand with what was found. */
const COLUMN: Readonly<Record<string, number>> = { [PARTIES]: 0, 'email-message': 1, indicator: 3, vulnerability: 3 };
/** Told in the heading, or by lines. */
const NOT_SHOWN: ReadonlySet<string> = new Set([
	'identity',
	'marking-definition',
	'observed-data',
	'relationship',
	'report',
]);

const ROLES = [
	['From', 'from_ref'],
	['Sender', 'sender_ref'],
	['To', 'to_refs'],
	['Cc', 'cc_refs'],
	['Bcc', 'bcc_refs'],
] as const;

/**
 * What a picture shows of a bundle.
 *
 * @param maxRows objects shown of one type
 * @param badgesOf what is thought of an object's value
 */
export function bundleViewOf(
	bundle: Bundle,
	maxRows: number,
	badgesOf: (object: object) => readonly Badge[] = () => [],
): BundleView {
	const roles = rolesOf(bundle.objects);
	const groups = new Map<string, ViewGroup>();
	const groupOf = new Map<string, string>();
	for (const object of bundle.objects) {
		if (NOT_SHOWN.has(object.type)) continue;
		const key = roles.has(object.id) ? PARTIES : object.type;
		const group: ViewGroup = groups.get(key) ?? {
			key,
			title: key === PARTIES ? 'sender and recipients' : key,
			rows: [],
			total: 0,
		};
		groups.set(key, group);
		group.total++;
		// Attached messages are written before the one that carries them: the last is the first.
		if (key === 'email-message') group.rows.unshift(rowOf(object));
		else if (group.rows.length < maxRows) {
			const badges = badgesOf(object);
			group.rows.push({ ...rowOf(object, roles.get(object.id)), ...(badges.length > 0 ? { badges } : {}) });
		}
	}
	for (const group of groups.values()) {
		group.rows.splice(maxRows);
		for (const { id } of group.rows) groupOf.set(id, group.key);
	}
	const columns: ViewGroup[][] = [[], [], [], []];
	for (const group of groups.values())
		columns[(Object.hasOwn(COLUMN, group.key) ? COLUMN[group.key] : undefined) ?? 2]?.push(group);
	return {
		...headingOf(bundle),
		columns: columns.filter((column) => column.length > 0),
		edges: edgesOf(bundle.objects, groupOf),
	};
}

/** The parties of the messages, and as what each takes part. */
function rolesOf(objects: readonly StixObject[]): Map<string, string> {
	const roles = new Map<string, string>();
	for (const object of objects) {
		if (object.type !== 'email-message') continue;
		for (const [role, property] of ROLES) {
			for (const id of [object[property] ?? []].flat()) if (!roles.has(id)) roles.set(id, role);
		}
	}
	return roles;
}

/** How the types are shown that are more than a value or a name. */
const SHOWN: { readonly [Type in StixType]?: (object: StixObjectOf<Type>, role?: string) => Omit<ViewRow, 'id'> } = {
	'email-addr': ({ value, display_name }, role) => ({ text: value, note: lineOf([role, display_name], ': ') }),
	'email-message': (message) => ({
		text: message.subject || '<no subject>',
		note: lineOf([message.date?.slice(0, 16).replace('T', ' '), partsOf(message)]),
		prose: true,
	}),
	file: ({ name, hashes, mime_type, size }) => ({
		text: name ?? Object.values(hashes ?? {}).at(-1) ?? '',
		note: lineOf([mime_type, size === undefined ? undefined : bytes(size)]),
	}),
	artifact: ({ mime_type, payload_bin }) => ({
		text: mime_type ?? 'artifact',
		note: bytes(Math.floor(((payload_bin?.length ?? 0) * 3) / 4)),
	}),
	indicator: ({ name, pattern, indicator_types }) => ({ text: name ?? pattern, note: lineOf(indicator_types ?? []) }),
};

function rowOf(object: StixObject, role?: string): ViewRow {
	const { id } = object;
	const show = (Object.hasOwn(SHOWN, object.type) ? SHOWN[object.type] : undefined) as
		((object: StixObject, role?: string) => Omit<ViewRow, 'id'>) | undefined;
	const { value, name }: Readonly<Record<string, unknown>> = object;
	const row = show?.(object, role) ?? { text: [value, name].find((text) => typeof text === 'string') ?? '' };
	return { id, ...row, text: row.text || id };
}

function lineOf(words: ReadonlyArray<string | undefined>, separator = ', '): string | undefined {
	return words.filter(Boolean).join(separator) || undefined;
}

function partsOf({ body_multipart, is_multipart }: EmailMessageObject): string {
	const parts = body_multipart?.length ?? 0;
	return is_multipart ? `${parts} part${parts === 1 ? '' : 's'}` : 'one text';
}

function bytes(count: number): string {
	const units = ['B', 'KiB', 'MiB', 'GiB'];
	let value = count;
	while (value >= 1024 && units.length > 1) {
		value /= 1024;
		units.shift();
	}
	return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${units[0] ?? ''}`;
}

function headingOf(bundle: Bundle): Pick<BundleView, 'title' | 'facts' | 'markings'> {
	const report = bundle.objects.find((object) => object.type === 'report');
	const message = bundle.objects.findLast((object) => object.type === 'email-message');
	const author = bundle.objects.find((object) => object.type === 'identity');
	const observations = bundle.objects.filter(({ type }) => type === 'observed-data').length;
	const markings = bundle.objects.flatMap((object) =>
		object.type === 'marking-definition' ? [object.x_opencti_definition ?? object.name ?? object.id] : [],
	);
	return {
		title: report?.name ?? message?.subject ?? bundle.id,
		facts: [
			report === undefined ? undefined : `report of ${report.published.slice(0, 16).replace('T', ' ')} UTC`,
			author === undefined ? undefined : `by ${author.name}`,
			observations === 0 ? undefined : `${observations} observed-data`,
			`${bundle.objects.length} objects`,
		].filter((fact) => fact !== undefined),
		markings: markings.map((name) => (name === 'TLP:WHITE' ? 'TLP:CLEAR' : name)),
	};
}

/** Lines between rows that are shown; parties lead to their message, so that the picture reads from left to right. */
function edgesOf(objects: readonly StixObject[], groupOf: ReadonlyMap<string, string>): BundleView['edges'] {
	const edges = new Map<string, { from: string; to: string; kind: string }>();
	const add = (from: string, to: string, kind: string): void => {
		if (edges.size >= PICTURE_LIMITS.maxEdges || !groupOf.has(from) || !groupOf.has(to) || edges.has(`${from} ${to}`))
			return;
		edges.set(`${from} ${to}`, { from, to, kind });
	};
	for (const object of objects) {
		if (object.type === 'relationship') {
			const { source_ref: source, target_ref: target, relationship_type: kind } = object;
			// Would cross the message: that a domain is a party's own is to be read from both.
			if (groupOf.get(source) === PARTIES || groupOf.get(target) === PARTIES) continue;
			// An indicator stands to the right of what it is based on.
			if (groupOf.get(source) === 'indicator') add(target, source, kind);
			else add(source, target, kind);
		} else if (groupOf.has(object.id)) {
			for (const target of embeddedReferences(object)) {
				if (groupOf.get(target) === PARTIES) add(target, object.id, 'takes part');
				else add(object.id, target, 'holds');
			}
		}
	}
	return [...edges.values()];
}
