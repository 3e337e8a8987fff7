import { INDICATOR_LIMITS } from '../limits';
import { hashValue, isCanonicalValue } from '../values';
import type { Indicator } from './indicator';

/** True when the value is what its type promises, in its normal form: reading it again gives the same. */
export function isValidIndicator(indicator: Indicator): boolean {
	const { type, value, sources, flags } = indicator;
	return (
		isCanonicalValue(type, value) &&
		(type !== 'file' || isValidFile(indicator)) &&
		sources.length > 0 &&
		sources.length <= INDICATOR_LIMITS.maxSources &&
		new Set(flags).size === flags.length
	);
}

function isValidFile({ value, hashes = {} }: Indicator): boolean {
	const known = Object.entries(hashes);
	return (
		known.some(([, hash]) => hash === value) && known.every(([algorithm, hash]) => hashValue(algorithm, hash) === hash)
	);
}
