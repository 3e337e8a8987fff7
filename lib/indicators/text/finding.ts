import type { Value } from '../../values';
import type { IndicatorFlag } from '../indicator';

/** One value at one place of one text. */
export interface TextFinding {
	found: Value;
	/** As written, refanged and otherwise unchanged. */
	refanged: string;
	/** Span in the text as written. */
	start: number;
	end: number;
	defanged: boolean;
	/** What the way it is written says of it. */
	flags: readonly IndicatorFlag[];
}
