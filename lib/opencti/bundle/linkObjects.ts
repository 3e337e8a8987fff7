import { stixId, type AnyStixObject } from '../../stix';
import { attempt, type Platform } from '../platform';
import { markingRefs, refsIn } from './bundleObjects';
import { notValid } from './importedObject';
import { linkedTo, linkObject, linksOf, sendersOf } from './objectLinks';
import type { Placed, Placements } from './placements';

/** Objects that will be one on the platform, and have to be linked to others: messages of one subject and text, files of one hash. */
export function toBeLinked(objects: readonly AnyStixObject[], placements: Placements): AnyStixObject[][] {
	const groups = new Map<string, AnyStixObject[]>();
	for (const object of objects) {
		if (object.id === '' || linkedTo(object).length === 0) continue;
		const [own, computed = own] = placements.expectedIdsOf(object);
		const known = groups.get(computed ?? '');
		if (known === undefined) groups.set(computed ?? '', [object]);
		else known.push(object);
	}
	return [...groups.values()];
}

/**
 * Links objects of one type to what they refer to: messages to their addresses, their files and their own bytes, files to what they
 * contain. Messages of one subject and text are one object on the platform: it is linked to the recipients of all of them and keeps the
 * sender that it has. Gives the relationships that say who else sent it.
 *
 * @throws OpenCtiError for what everything else would meet, too; another refusal is told of the objects (`incomplete`)
 */
export async function linkObjects(
	platform: Platform,
	objects: readonly AnyStixObject[],
	placements: Placements,
): Promise<AnyStixObject[]> {
	const added: AnyStixObject[] = [];
	for (const { node, sharing } of placed(objects, placements)) {
		// What is one there cannot refer to itself.
		const idOf = (stixId: string) => [placements.of(stixId)?.id].find((id) => id !== node.id);
		const links = sharing.map((object) => linksOf(object, idOf));
		if (links.every((one) => [...one.values()].every((ids) => ids.length === 0))) continue;
		const linked = await attempt(
			// Others of this run may be at the same object, of which they know as little as this one.
			() => platform.exclusive.run([node.id], () => linkObject(platform, node, sharing[0]!.type, links)),
			() => notValid(sharing[0]),
		);
		if ('failure' in linked) {
			if (linked.isShared) throw linked.error;
			for (const object of sharing) placements.amend(object, { status: 'incomplete', error: linked.failure });
			continue;
		}
		const { otherSenders } = linked.value;
		if (sharing[0]?.type === 'email-message') warnIfShared(node, sharing, otherSenders.length > 0, placements);
		added.push(
			...otherSenders.flatMap(({ at, address }) => {
				const message = sharing[at];
				return message === undefined ? [] : senderOf(message, address, placements);
			}),
		);
	}
	return added;
}

/** Objects by the object of the platform that they are. */
function placed(
	objects: readonly AnyStixObject[],
	placements: Placements,
): Iterable<{ node: Placed; sharing: AnyStixObject[] }> {
	const shared = new Map<string, { node: Placed; sharing: AnyStixObject[] }>();
	for (const object of objects) {
		const node = placements.of(object.id);
		// What lacks its author only is linked, too.
		if (node === undefined || !['imported', 'incomplete'].includes(placements.resultOf(object)?.status ?? '')) continue;
		const known = shared.get(node.id);
		if (known === undefined) shared.set(node.id, { node, sharing: [object] });
		else known.sharing.push(object);
	}
	return shared.values();
}

function warnIfShared(
	node: Placed,
	messages: readonly AnyStixObject[],
	hasOtherSenders: boolean,
	placements: Placements,
): void {
	const ids = new Set(messages.map((message) => refsIn(message, 'message_id')[0] ?? message.id));
	const before = node.existed && typeof node.message_id === 'string' && !ids.has(node.message_id) ? 1 : 0;
	const count = Math.max(ids.size + before, hasOtherSenders ? 2 : 1);
	if (count < 2) return;
	placements.warn(
		'message-shared',
		node.id,
		`The platform stores messages with the same subject and text as one object: ${node.standard_id} stands for ${count} or more messages. It has the recipients of all of them, and the sender of the first.`,
	);
}

/** A sender that the shared message does not show, related to it. */
function senderOf(message: AnyStixObject, address: string, placements: Placements): AnyStixObject[] {
	const sender = sendersOf(message).find((id) => placements.of(id)?.id === address);
	if (sender === undefined) return [];
	const properties = { relationship_type: 'related-to', source_ref: sender, target_ref: message.id };
	const marked = markingRefs(message);
	return [
		{
			type: 'relationship',
			id: stixId('relationship', properties),
			...properties,
			description: 'Sent the same message',
			...(marked.length === 0 ? {} : { object_marking_refs: marked }),
		},
	];
}
