import { esaRowsToBundle } from '../../../lib/esa';
import { rowOf, type LabMessage, type SearchSwitches } from '../../lab/esa';

/** Pattern property of each event parameter, where it is not the same word in snake case. */
const IRREGULAR: Record<string, string> = {
	dlpViolationsSeverities: 'dlpViolationsSeverities',
	outbreakFiltersVofThreatCategory: 'outbreak_filtersVofThreatCategory',
	outbreakFiltersUrlRewrittenByOf: 'outbreak_filters_url_rewritten_byof',
	smime: 's_mime',
	mailPolicyName: 'mail_policy',
};

export function propertyOf(parameter: string): string {
	return IRREGULAR[parameter] ?? parameter.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const DELIVERY_WORDS = /x-cisco-email-msgevent:message_status(?= (?:=|IN) \(?'(?:DELIVERED|DROPPED|ABORTED|BOUNCED)')/g;

/**
 * The pattern as it is asked of {@link knowledgeOf}. `message_status` means two things: the words that the appliance searches
 * (DELIVERED), which stand with = and IN alone, and else the words of rows (Delivered). Kept apart, neither is an "other
 * status" to the negation of the other.
 */
export const asked = (pattern: string): string =>
	pattern.replace(DELIVERY_WORDS, 'x-cisco-email-msgevent:delivery_status');

/**
 * Everything that is true of a message, as one observed-data: the STIX of its row, and what the appliance knows besides
 * (attachments, events) as objects of the same dialect.
 */
export function knowledgeOf(message: LabMessage, { profile, zone }: Pick<SearchSwitches, 'profile' | 'zone'>): object {
	const event = (properties: object) => ({ type: 'x-cisco-email-msgevent', ...properties });
	const shown = esaRowsToBundle([rowOf(message, profile, zone)]).objects.filter(
		({ type }) => type !== 'observed-data' && type !== 'identity',
	);
	const hidden = [
		...message.attachments.map(({ name, sha256 }) => ({ type: 'file', name, hashes: { 'SHA-256': sha256 } })),
		...message.flags.map((flag) => event({ [propertyOf(flag)]: 'true' })),
		...Object.entries(message.events).flatMap(([name, values]) =>
			values.flatMap((value) => [
				event({ [propertyOf(name)]: value }),
				...(/^-?\d+$/.test(value) ? [event({ [propertyOf(name)]: Number(value) })] : []),
			]),
		),
		...Object.values(message.groups).flatMap((entries) =>
			entries.map((entry) =>
				event(Object.fromEntries(Object.entries(entry).map(([name, value]) => [propertyOf(name), value]))),
			),
		),
		event({ message_direction: message.direction }),
		{ type: 'x-oca-host', hostname: message.hostName },
	];
	const moment = new Date(message.time).toISOString();
	return {
		type: 'observed-data',
		id: keyOf(message),
		first_observed: moment,
		last_observed: moment,
		objects: [...shown, ...hidden],
	};
}

export function keyOf(message: { serialNumber: string; mids: number[] }): string {
	return `${message.serialNumber}|${message.mids.join(',')}`;
}
