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
	return json;
}
