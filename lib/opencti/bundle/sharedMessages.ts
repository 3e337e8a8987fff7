import { stixId, type AnyStixObject } from '../../stix';
import { OPENCTI_LIMITS } from '../../limits';
import { attempt, sideBySide, type Platform } from '../platform';
import { markingRefs, refsIn } from './bundleObjects';
import { notValid } from './importedObject';
import { ADDRESS_PROPERTIES, linkMessage, type MessageAddresses } from './messageAddresses';
import type { Placed, Placements } from './placements';

/**
 * The addresses of messages. Messages of one subject and text are one object on the platform: it is linked to the recipients
 * of all of them and keeps the sender that it has. Gives the relationships that say who else sent it.
 *
 * @throws OpenCtiError for what everything else would meet, too; another refusal is told of its messages (`incomplete`)
 */
export async function linkMessages(
	platform: Platform,
	objects: readonly AnyStixObject[],
	placements: Placements,
): Promise<AnyStixObject[]> {
	const shared = [...sharing(objects, placements)];
	const added = await sideBySide(shared, OPENCTI_LIMITS.maxObjectsAtOnce, async ({ node, messages }) => {
		const addresses = messages.map((message) => addressesOf(message, placements));
		const linked = await attempt(
			// Others of this run may be at the same object, of which they know as little as this one.
			() => platform.exclusive.run([node.id], () => linkMessage(platform, node, addresses)),
			() => notValid(messages[0]),
		);
		if ('failure' in linked) {
			if (linked.isShared) throw linked.error;
			for (const message of messages) placements.amend(message, { status: 'incomplete', error: linked.failure });
			return [];
		}
		const { otherSenders } = linked.value;
		warnIfShared(node, messages, otherSenders.length > 0, placements);
		return otherSenders.flatMap(({ at, address }) => {
			const message = messages[at];
			return message === undefined ? [] : senderOf(message, address, placements);
		});
	});
	return added.flat();
}

/** Messages by the object of the platform that they are. */
function sharing(
	objects: readonly AnyStixObject[],
	placements: Placements,
): Iterable<{ node: Placed; messages: AnyStixObject[] }> {
	const shared = new Map<string, { node: Placed; messages: AnyStixObject[] }>();
	for (const object of objects) {
		const node = object.type === 'email-message' ? placements.of(object.id) : undefined;
		if (node === undefined || placements.resultOf(object)?.status !== 'imported') continue;
		const known = shared.get(node.id);
		if (known === undefined) shared.set(node.id, { node, messages: [object] });
		else known.messages.push(object);
	}
	return shared.values();
}

function addressesOf(message: AnyStixObject, placements: Placements): MessageAddresses {
	return new Map(
		ADDRESS_PROPERTIES.map((property) => [
			property,
			[...new Set(refsIn(message, property).flatMap((id) => placements.of(id)?.id ?? []))],
		]),
	);
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
	const sender = ['from_ref', 'sender_ref']
		.flatMap((property) => refsIn(message, property))
		.find((id) => placements.of(id)?.id === address);
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
