import type { Address } from '../address';
import type { Host } from '../host';
import type { HashAlgorithm, IndicatorFlag, IndicatorType } from '../indicator';
import type { ReadUrl } from '../url';

/** One value at one place of one text. */
export interface Finding {
	type: IndicatorType;
	/** Normalised. */
	value: string;
	/** As written, refanged and otherwise unchanged. */
	refanged: string;
	/** Span in the text as written. */
	start: number;
	end: number;
	defanged: boolean;
	flags: IndicatorFlag[];
	host?: Host;
	address?: Address;
	url?: ReadUrl;
	algorithm?: HashAlgorithm;
}
