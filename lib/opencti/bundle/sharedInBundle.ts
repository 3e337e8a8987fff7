import { stixId, type AnyStixObject } from '../../stix';
import { markingRefs, refsIn } from './bundleObjects';
import { messageText } from './messageText';

/** Lists of people, which add up when two messages are one object there. */
const PEOPLE = ['to_refs', 'cc_refs', 'bcc_refs'];
/** The platform takes one of each, and refuses a second: what its import reads behind one that is there is lost. */
const SENDERS = ['from_ref', 'sender_ref'];

/** Messages as the platform's import is to read them, and how many others one of them stands for. */
export interface ImportedMessages {
	objects: AnyStixObject[];
	folded: number;
}

/**
 * Messages of one subject and text, which are one object on the platform, as one: with the people of all of them and the sender of the
 * first, to which the senders of the others are related. In each message people come before senders.
 *
 * @param withText Give multipart messages their text as `body`, as {@link messageText} reads it: it tells messages apart there. Only for
 * what no parser of STIX reads.
 */
export function foldMessages(objects: readonly AnyStixObject[], withText: boolean): ImportedMessages {
	const first = new Map<string, AnyStixObject>();
	const stands = new Map<string, string>();
	const people = new Map<string, Map<string, Set<string>>>();
	const links: AnyStixObject[] = [];
	for (const object of objects) {
		if (object.type !== 'email-message' || object.id === '') continue;
		const key = identityOf(object, withText);
		const known = first.get(key) ?? object;
		first.set(key, known);
		const lists = people.get(known.id) ?? new Map(PEOPLE.map((name) => [name, new Set<string>()]));
		for (const [name, list] of lists) for (const id of refsIn(object, name)) list.add(id);
		people.set(known.id, lists);
		if (known.id === object.id) continue;
		stands.set(object.id, known.id);
		links.push(...otherSenders(object, known));
	}
	const kept = objects.flatMap((object) => {
		if (stands.has(object.id)) return [];
		const lists = object.type === 'email-message' ? people.get(object.id) : undefined;
		if (lists !== undefined) return [inOrder(object, lists, withText)];
		return redirected(object, stands) ?? [];
	});
	return { objects: [...kept, ...links], folded: stands.size };
}

/** What names a message there: of the sender, which is part of the rule, no call of the import tells when the message is made. */
function identityOf(message: AnyStixObject, withText: boolean): string {
	const { subject } = message;
	return JSON.stringify([typeof subject === 'string' ? subject.trim() : '', bodyOf(message, withText) ?? '']);
}

const bodyOf = (message: AnyStixObject, withText: boolean): unknown =>
	message['body'] ?? (withText ? messageText(message) : undefined);

/** Whether the platform can have a message: one of subject and text must be there. */
export const isNameless = ({ type, subject, body }: AnyStixObject): boolean =>
	type === 'email-message' && [subject, body].every((text) => typeof text !== 'string' || text.trim() === '');

function inOrder(
	message: AnyStixObject,
	people: ReadonlyMap<string, ReadonlySet<string>>,
	withText: boolean,
): AnyStixObject {
	const body = bodyOf(message, withText);
	const rest = Object.entries(message).filter(([name]) => !PEOPLE.includes(name) && !SENDERS.includes(name));
	const lists = [...people].flatMap(([name, ids]) => (ids.size === 0 ? [] : [[name, [...ids]] as const]));
	const senders = SENDERS.flatMap((name) => (message[name] === undefined ? [] : [[name, message[name]] as const]));
	return Object.fromEntries([
		...rest,
		...(body === undefined ? [] : [['body', body] as const]),
		...lists,
		...senders,
	]) as AnyStixObject;
}

/** An object that refers to the message that stands for others; undefined when it would lead from that to itself. */
function redirected(object: AnyStixObject, stands: ReadonlyMap<string, string>): AnyStixObject | undefined {
	if (stands.size === 0) return object;
	let changed = false;
	const to = (id: unknown): unknown => {
		const other = typeof id === 'string' ? stands.get(id) : undefined;
		if (other !== undefined) changed = true;
		return other ?? id;
	};
	const properties = Object.entries(object).map(([name, value]) => {
		if (!/_refs?$/.test(name)) return [name, value] as const;
		return [name, Array.isArray(value) ? [...new Set((value as unknown[]).map(to))] : to(value)] as const;
	});
	if (!changed) return object;
	const result = Object.fromEntries(properties) as AnyStixObject;
	return result.type === 'relationship' && result['source_ref'] === result['target_ref'] ? undefined : result;
}

/** Who sent a message that another one stands for. */
function otherSenders(message: AnyStixObject, standing: AnyStixObject): AnyStixObject[] {
	const shown = new Set(SENDERS.flatMap((name) => refsIn(standing, name)));
	const others = new Set(SENDERS.flatMap((name) => refsIn(message, name)).filter((id) => !shown.has(id)));
	const markings = markingRefs(message);
	return [...others].map((sender) => {
		const ends = { relationship_type: 'related-to', source_ref: sender, target_ref: standing.id };
		return {
			type: 'relationship',
			spec_version: '2.1',
			id: stixId('relationship', ends),
			...ends,
			description: 'Sent the same message',
			...(markings.length === 0 ? {} : { object_marking_refs: markings }),
		};
	});
}
