// A user's program: values that may be undefined are options as they are.
import {
	HttpError,
	buildPattern,
	bundleToSvg,
	emailFromItem,
	emailToBundle,
	emailToBundleAsync,
	extractIndicators,
	parseEmail,
	stixObject,
	type BinaryReader,
	type BundleOptions,
	type Email,
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

export const file = ({ name }: Settings) => stixObject('file', { name, size: undefined });

export const error = (hint: string | undefined) => new HttpError('HTTP_STATUS', 'a', { hint, status: undefined });
