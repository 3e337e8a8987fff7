import { plainText } from '../../json';
import { isOwnAddress } from '../../hunt';
import type { Indicator, IndicatorFlag } from '../../indicators';
import { withoutReferences, type AnyStixObject } from '../../stix';
import { refsIn } from './bundleObjects';

/** What decides who is left out. */
export interface LeavingOut {
	/** Flags of what is left out: `recipient`, `own-domain`. */
	leaveOut: readonly IndicatorFlag[];
	ownDomains: readonly string[];
	/** What was kept of what was found: an address among it stays. */
	indicators: readonly Indicator[];
}

/**
 * The objects of a message without the addresses of those whom it went to, as *Leave Out* has it: a message names its recipients, whether
 * or not they are among what was found in it. Whoever sent one of the messages stays.
 */
export function withoutRecipients(
	objects: readonly AnyStixObject[],
	{ leaveOut, ownDomains, indicators }: LeavingOut,
): AnyStixObject[] {
	const messages = objects.filter(({ type }) => type === 'email-message');
	const idsIn = (...properties: string[]) =>
		new Set(messages.flatMap((message) => properties.flatMap((property) => refsIn(message, property))));
	const recipients = idsIn('to_refs', 'cc_refs', 'bcc_refs');
	const senders = idsIn('from_ref', 'sender_ref');
	const kept = new Set(indicators.flatMap(({ type, value }) => (type === 'email-addr' ? [value.toLowerCase()] : [])));
	const isLeftOut = (address: string) =>
		leaveOut.includes('recipient') || (leaveOut.includes('own-domain') && isOwnAddress(address, ownDomains));
	const gone = new Set(
		objects.flatMap(({ type, id, value }) => {
			if (type !== 'email-addr' || !recipients.has(id) || senders.has(id)) return [];
			const address = plainText(value).toLowerCase();
			return !kept.has(address) && isLeftOut(address) ? [id] : [];
		}),
	);
	if (gone.size === 0) return [...objects];
	return objects.flatMap((object) => (gone.has(object.id) ? [] : (withoutReferences(object, gone) ?? [])));
}
