// A user's program: values that may be undefined are options as they are.
import {
	EsaClient,
	HttpError,
	ImapMailbox,
	OpenCtiClient,
	buildPattern,
	bundleToSvg,
	emailFromItem,
	emailToBundle,
	emailToBundleAsync,
	extractIndicators,
	messageFilter,
	parseEmail,
	planHunt,
	reportFromEmail,
	stixObject,
	type BinaryReader,
	type BundleOptions,
	type Email,
	type Mailbox,
	type TlpLevel,
} from 'n8n-nodes-email-intel';

interface Settings {
	tlp?: TlpLevel | undefined;
	author?: string | undefined;
	confidence?: number | undefined;
	ownDomains?: string[] | undefined;
	maxBytes?: number | undefined;
	name?: string | undefined;
	signal?: AbortSignal | undefined;
	maxRows?: number | undefined;
}

export async function convert(raw: Buffer, settings: Settings): Promise<string> {
	const { tlp, author, confidence, ownDomains, maxBytes, signal, maxRows } = settings;
	const email: Email = await parseEmail(raw, { maxBytes, receivedAt: undefined });
	const options: BundleOptions = {
		indicators: extractIndicators(email, { ownDomains, exclude: undefined }),
		markings: { tlp },
		identity: { name: author },
		confidence,
		patterns: undefined,
		onWarning: undefined,
	};
	const bundle = await emailToBundleAsync(email, { ...options, signal });
	return `${buildPattern(emailToBundle(email, options), { maximumTerms: undefined })}${bundleToSvg(bundle, { maxRows })}`;
}

export const fromItem = (json: Record<string, unknown>, reader: BinaryReader, binaryProperty: string | undefined) =>
	emailFromItem(json, reader, { binaryProperty, parse: undefined });

/** Connections: what a form left empty. */
export function connections(host: string, port: number | undefined, ca: string | undefined) {
	const imap = new ImapMailbox({ host, port, ca, user: 'u', password: 'p', proxy: undefined, accessToken: undefined });
	const mailboxes: Mailbox[] = [imap];
	const esa = new EsaClient({ host, port, ca, user: 'u', passphrase: 'p', product: undefined });
	const platform = new OpenCtiClient({ url: `https://${host}`, token: 't', ca, workspace: undefined });
	return { mailboxes, esa, platform, isWanted: messageFilter({ senderContains: undefined }) };
}

export const draft = (email: Email, marking: string | undefined) =>
	reportFromEmail(email, { marking, labels: undefined, author: undefined });
export const plan = (pattern: string, now: Date | undefined) => planHunt(pattern, { now, timeRangeMinutes: undefined });

export const file = ({ name }: Settings) => stixObject('file', { name, size: undefined });

export const error = (hint: string | undefined) => new HttpError('HTTP_STATUS', 'a', { hint, status: undefined });
