import { warningKey, type BinaryReader, type EmailWarning } from '../email';
import { warningsOf } from './gaps';

/** What an item says, as JSON. */
export type Json = Record<string, unknown>;

/** One message on its way from the mailbox to the report, as the step of a flow gets it, whatever host carries it. */
export interface FlowItem {
	readonly json: Json;
	/** Its files: the raw message is `email`. */
	readonly files: BinaryReader;
}

/** Media type of a bundle as a file. */
export const BUNDLE_TYPE = 'application/stix+json';

/** A file that a step adds to an item. */
export interface AddedFile {
	bytes: Buffer;
	fileName: string;
	mimeType: string;
}

/** An item that a step is done with: all that it had in `json`, and the files that came to those it had. */
export interface GrownItem {
	json: Json;
	files: Record<string, AddedFile>;
}

/** What a step says of its own work. */
export interface Outcome {
	warnings?: readonly EmailWarning[] | undefined;
	complete?: boolean | undefined;
}

/**
 * An item, grown by what a step knows. Its warnings join those that are there, each once, and what was not complete stays so.
 */
export function grown(before: Json, added: Json, { warnings = [], complete }: Outcome = {}): Json {
	const json: Json = { ...before, ...added };
	const told = warningsOf(before);
	const known = new Set(told.map(warningKey));
	const further = warnings.filter((warning) => !known.has(warningKey(warning)));
	if (further.length > 0) json.warnings = [...told, ...further];
	const whole = before.complete === false || complete === false ? false : (complete ?? before.complete);
	if (whole !== undefined) json.complete = whole;
	if (complete !== false) noMoreGaps.add(json);
	return json;
}

/** Items to which a step added warnings that tell of nothing missing. */
const noMoreGaps = new WeakSet<Json>();

/** Whether something is missing of an item, or of what a step put into a field of it. What it brought along, a step before has told. */
export function lacksMore(json: Json, before: Json | undefined): boolean {
	if (
		json.complete === false &&
		(before?.complete !== false || (json.warnings !== before.warnings && !noMoreGaps.has(json)))
	) {
		return true;
	}
	return Object.entries(json).some(
		([name, value]) =>
			before?.[name] !== value && (value as { complete?: unknown } | null | undefined)?.complete === false,
	);
}

/** Items that one item becomes, and what is missing where there is none of them that could tell. */
export interface Several {
	items: Json[];
	/** Why there may be more. */
	gaps: readonly EmailWarning[];
}
