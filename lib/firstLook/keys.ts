import type { Email } from '../email';
import { compact } from '../json';

/** Names by which systems know exactly this message, so that a hunt finds it and not its like. */
export interface MessageKeys {
	/** Message-ID, with angle brackets. */
	internetMessageId?: string;
	/** Exchange's id of the message in its transport: `NetworkMessageId` of Defender's tables. A GUID in lower case. */
	networkMessageId?: string;
	/** The Microsoft 365 tenant that received it. A GUID in lower case. */
	tenantId?: string;
	/** Message id of a Cisco Secure Email appliance (MID). */
	ironPortMid?: string;
	/** Proofpoint's id. */
	proofpointGuid?: string;
}

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/** Fields that hold a key, the most telling first, and what a key looks like. */
const FIELDS: ReadonlyArray<readonly [key: keyof MessageKeys, field: string, form: RegExp]> = [
	['networkMessageId', 'x-ms-exchange-organization-network-message-id', GUID],
	['networkMessageId', 'x-ms-office365-filtering-correlation-id', GUID],
	['tenantId', 'x-ms-exchange-crosstenant-id', GUID],
	['ironPortMid', 'x-ironport-mid', /\d{1,15}/],
	['proofpointGuid', 'x-proofpoint-guid', /[\w-]{16,64}/],
];

/** The keys in a message's header. */
export function keysOf({ headers, messageId }: Pick<Email, 'headers' | 'messageId'>): MessageKeys {
	const keys: MessageKeys = compact({ internetMessageId: messageId });
	for (const [key, field, form] of FIELDS) {
		const value = headers.find(({ name }) => name.toLowerCase() === field)?.value.slice(0, 1_000) ?? '';
		const found = form.exec(value)?.[0];
		if (found !== undefined) keys[key] ??= form === GUID ? found.toLowerCase() : found;
	}
	return keys;
}
