import { valueComparison, type HashDictionary, type ValueType } from '../values';
import { storableText } from '../storable';

/**
 * STIX pattern of one indicator, which finds the value in the form that a bundle has it in; undefined for what STIX has no observable
 * for. `hashes` are those of a `file`; without, its value is one.
 */
export function indicatorPattern(
	{ type, value }: { type: ValueType; value: string },
	hashes?: HashDictionary,
): string | undefined {
	const comparison = valueComparison(type, storableText(value), hashes);
	return comparison === undefined ? undefined : `[${comparison}]`;
}
