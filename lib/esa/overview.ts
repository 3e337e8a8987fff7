import { addressOf, textsOf } from './row';
import { parseTimestamp } from './timestamp';

/** An address as messages have it, with its display name when there is one. */
export interface EsaAddress {
	address: string;
	name?: string;
}

/** What people look for first in a row of message tracking or of a quarantine, in the forms that messages have everywhere else. */
export interface EsaOverview {
	subject?: string;
	/** Of the header From; none where the appliance does not show it. */
	from: EsaAddress[];
	/** Of the envelope, as the appliance shows it. */
	sender?: string;
	/** Of the envelope. */
	to: EsaAddress[];
	/** When the appliance took the message, ISO 8601. */
	receivedAt?: string;
	/** What became of it. Several where the message was split: each once, with commas between. */
	status?: string;
}

/** Fields of the appliance that stand behind the overview, the most looked at first. */
const NEXT = ['direction', 'senderIp', 'senderDomain', 'mid', 'serialNumber', 'icid', 'messageID', 'hostName'] as const;

/** Fields of a row, the overview first. What the appliance wrote stays as it is, but for the names of the overview. */
export function withOverview<More extends object>(
	attributes: Readonly<Record<string, unknown>>,
	more: More,
): EsaOverview & More & Record<string, unknown> {
	const overview = overviewOf(attributes);
	const next = NEXT.filter((name) => attributes[name] !== undefined).map((name) => [name, attributes[name]] as const);
	return { ...overview, ...more, ...Object.fromEntries(next), ...attributes, ...overview, ...more };
}

function overviewOf(attributes: Readonly<Record<string, unknown>>): EsaOverview {
	const { subject, sender, recipientMap, messageStatus } = attributes;
	const from = [...textsOf(attributes.friendly_from), ...textsOf(attributes.fromAddress)];
	const byMid = typeof recipientMap === 'object' && recipientMap !== null ? Object.values(recipientMap) : [];
	const to = [...textsOf(attributes.recipient), ...byMid.flatMap(textsOf), ...textsOf(attributes.envelopeRecipient)];
	const time = [attributes.timestamp, attributes.received, attributes.date]
		.map(parseTimestamp)
		.find((one) => one !== undefined);
	const statuses =
		typeof messageStatus === 'object' && messageStatus !== null
			? Object.values(messageStatus).flatMap(textsOf)
			: textsOf(messageStatus);
	return {
		...(typeof subject === 'string' ? { subject } : {}),
		from: addresses(from),
		...(typeof sender === 'string' ? { sender } : {}),
		to: addresses(to),
		...(time === undefined ? {} : { receivedAt: new Date(time).toISOString() }),
		...(statuses.length === 0 ? {} : { status: [...new Set(statuses)].join(', ') }),
	};
}

/** Each once. What is no address is there as the appliance wrote it: it is what it has. */
function addresses(raw: readonly string[]): EsaAddress[] {
	return [...new Set(raw)].map((text) => {
		const address = addressOf(text);
		if (address === undefined) return { address: text };
		const name = text
			.slice(0, Math.max(0, text.length - address.length - 2))
			.trim()
			.replace(/^"(.*)"$/s, '$1')
			.replace(/\\(.)/gs, '$1');
		return name === '' ? { address } : { address, name };
	});
}
