// A user's program: what one function gives is what the next one takes, without a cast.
import {
	buildPattern,
	bundleToHtml,
	bundleToSvg,
	emailToBundle,
	emailToBundleAsync,
	esaRowsToBundle,
	extractIndicators,
	matchPattern,
	parseEmail,
	parsePattern,
	printPattern,
	reportFromEmail,
	stixId,
	stixObject,
	type AnyBundle,
	type AnyStixObject,
	type Bundle,
	type Email,
	type EsaRow,
	type Indicator,
	type OpenCtiClient,
	type StixObject,
	type StixObjectOf,
	type StixType,
} from 'n8n-nodes-email-intel';
import { PROPERTY_TABLES, canonicalJson, systemClock } from 'n8n-nodes-email-intel/internal';

export async function messageToPlatform(raw: Buffer, client: OpenCtiClient): Promise<string> {
	const email: Email = await parseEmail(raw);
	const indicators: Indicator[] = extractIndicators(email);
	const bundle: Bundle = emailToBundle(email, { indicators });
	await client.importBundle(bundle);
	await client.importBundle(emailToBundle(email));
	await client.importBundle(await emailToBundleAsync(email, { indicators }));
	await client.createReport(reportFromEmail(email, { indicators }));
	const pattern = buildPattern(bundle);
	const { matched } = matchPattern(parsePattern(pattern), bundle);
	return `${matched} ${printPattern(parsePattern(pattern))} ${bundleToSvg(bundle)} ${bundleToHtml(bundle)}`;
}

export async function rowsToPlatform(rows: EsaRow[], client: OpenCtiClient): Promise<void> {
	await client.importBundle(esaRowsToBundle(rows));
}

/** Every object that this pack writes, whatever its type, goes where an object of any origin goes. */
export type EveryObjectFits = { [Type in StixType]: StixObjectOf<Type> extends AnyStixObject ? true : Type };
export const everyObjectFits: Record<StixType, true> = {} as EveryObjectFits;
export const bundleOfAnyOrigin = (bundle: Bundle): AnyBundle => bundle;
export const objectOfAnyOrigin = (object: StixObject): AnyStixObject => object;
export const asRecord = (object: StixObject): Record<string, unknown> => object;
/** JSON of another tool. */
export const foreign: AnyBundle = {
	type: 'bundle',
	id: 'bundle--1',
	objects: [{ type: 'malware', id: 'malware--1', name: 'a', is_family: false }],
};

/** Types tell objects apart. */
export function subjectsOf({ objects }: Bundle): string[] {
	return objects.flatMap((object) => (object.type === 'email-message' ? [object.subject ?? object.id] : []));
}
export const url: StixObjectOf<'url'> = stixObject('url', { value: 'http://a.example/' });
export const id: string = stixId('url', url);

export const plumbing = [systemClock.now(), canonicalJson({}), Object.keys(PROPERTY_TABLES.url)];
