import { atLeast } from './schema';
import { found, refusal, visible, writable, type Context } from './platform';
import { present, type Page } from './present';
import type { Entity, Row } from './store';

interface Edit {
	key: string;
	value: unknown[];
	operation?: 'replace' | 'add' | 'remove';
}

/**
 * Keys of `stixCyberObservableEdit.fieldPatch` for what a message or a file refers to: the platform's own names of its references, not
 * those of STIX. Seen on 6.1.13, 6.4.11 and 7.260817.0 alike.
 */
const KEYS: Readonly<Record<string, { type: string; single: boolean }>> = {
	emailFrom: { type: 'from', single: true },
	emailSender: { type: 'sender', single: true },
	emailTo: { type: 'to', single: false },
	emailCc: { type: 'cc', single: false },
	emailBcc: { type: 'bcc', single: false },
	// Seen on 7.260817.0: artifacts, files and what stands in them.
	rawEmail: { type: 'raw-email', single: true },
	bodyMultipart: { type: 'body-multipart', single: false },
	containsObservable: { type: 'contains', single: false },
	obsContent: { type: 'obs_content', single: true },
};
const SINGLE = Object.values(KEYS).flatMap(({ type, single }) => (single ? [type] : []));
/** Whether the platform has a reference of this name. */
export const isReference = (type: string) => Object.values(KEYS).some((known) => known.type === type);
const STIX_NAMES = [
	'from',
	'sender',
	'to',
	'cc',
	'bcc',
	'from_ref',
	'sender_ref',
	'to_refs',
	'cc_refs',
	'bcc_refs',
	'bodyRaw',
];

/** Links addresses to a message, many in one request; repeated, it links nothing twice. Ids that resolve to nothing are ignored. */
export function patchObservable(context: Context, id: string, edits: readonly Edit[]): Row | null {
	const { store } = context;
	const stored = found(context, id);
	if (!visible(context, stored)) {
		throw refusal('MISSING_REFERENCE_ERROR', 'Element(s) not found', {
			doc_code: 'ELEMENT_NOT_FOUND',
			unresolvedIds: [id],
		});
	}
	const entity = writable(context, stored);
	for (const { key, value, operation = 'replace' } of edits) {
		const reference = KEYS[key];
		if (reference === undefined) {
			// Seen on 7.260817.0; the code of the error is believed.
			if (STIX_NAMES.includes(key)) throw refusal('UNSUPPORTED_ERROR', 'You cannot update incompatible attribute');
			entity.data[key] = value.length === 1 ? value[0] : value;
			continue;
		}
		const nodes = value.map((wanted) => found(context, wanted)).filter((node) => visible(context, node));
		const own = store.referencesOf(entity.key);
		const isOfKind = (link: { type: string }) => link.type === reference.type;
		if (operation === 'remove') {
			const gone = new Set(nodes.map((node) => node.id));
			store.setReferences(
				entity.key,
				own.filter((link) => !(isOfKind(link) && gone.has(link.to))),
			);
			continue;
		}
		const isReplaced = nodes.length > 0 && (operation === 'replace' || reference.single);
		const kept = isReplaced ? own.filter((link) => !isOfKind(link)) : [...own];
		const linked = new Set(kept.filter(isOfKind).map(({ to }) => to));
		for (const node of reference.single ? nodes.slice(0, 1) : nodes) {
			if (linked.has(node.id)) continue;
			linked.add(node.id);
			kept.push({ from: entity.id, to: node.id, type: reference.type });
		}
		store.setReferences(entity.key, kept);
	}
	return present(context, entity);
}

/**
 * One reference. A second `from` or `sender`, equal or not: refused on 7.260817.0 and, by a public report, on 6.9.22; on 6.4.11 an
 * equal one is answered with its id, and another one takes its place without a word. Between them: believed.
 */
export function addReference(context: Context, stored: Entity, to: Entity, type: string): Row {
	const { store } = context;
	const from = writable(context, stored);
	const all = store.referencesOf(from.key);
	const own = all.filter((link) => link.type === type);
	let kept = all;
	if (SINGLE.includes(type) && own.length > 0) {
		if (atLeast(context.version, '6.9')) {
			throw refusal('UNSUPPORTED_ERROR', 'Cant add another relation on single ref', { relationship_type: type });
		}
		kept = all.filter((link) => !own.includes(link));
	}
	store.setReferences(from.key, [...kept, { from: from.id, to: to.id, type }]);
	return { id: `${from.id}:${type}:${to.id}`, relationship_type: type };
}

/** How the platform's own client reads what a message refers to. */
export function referencesOf(context: Context, args: Row & Page): Row[] {
	const { store } = context;
	const from = found(context, args['fromId']);
	const types = args['relationship_type'] as string[] | undefined;
	if (!visible(context, from)) return [];
	return store
		.referencesOf(from.key)
		.filter((link) => !types || types.includes(link.type))
		.map((link) => ({
			id: `${link.from}:${link.type}:${link.to}`,
			relationship_type: link.type,
			from: () => present(context, from),
			// Believed: a reference is shown, though what it leads to may not be.
			to: () => present(context, store.get(link.to)),
		}));
}
