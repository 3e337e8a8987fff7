import type { INodeProperties } from 'n8n-workflow';
import { SETTING_LIMITS } from '../../lib/limits';
import { decimalNumber, megabytes, wholeNumber, type NumberRange } from '../../lib/settings';

/**
 * A number that a user set, by its property: the bounds, whether it may have decimals, and the name in the error are what
 * the editor shows. An expression can give anything: what is no number is an error. Empty means `otherwise`, or else the
 * property's default; what is required must not be empty.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function numberOption(property: INodeProperties, value: unknown): number;
export function numberOption<Otherwise>(
	property: INodeProperties,
	value: unknown,
	otherwise: Otherwise,
): number | Otherwise;
export function numberOption(property: INodeProperties, value: unknown, ...otherwise: unknown[]): unknown {
	const read = hasDecimals(property) ? decimalNumber : wholeNumber;
	return read(property.displayName, value, rangeOf(property, otherwise));
}

/** Bytes of an option in megabytes; see {@link numberOption}. @throws SettingError `SETTING_INVALID` */
export function megabytesOption(property: INodeProperties, value: unknown): number;
export function megabytesOption(property: INodeProperties, value: unknown, otherwise: undefined): number | undefined;
export function megabytesOption(property: INodeProperties, value: unknown, ...otherwise: undefined[]): unknown {
	const range = rangeOf(property, otherwise);
	return megabytes(property.displayName, value, { ...range, otherwise: range.otherwise as number | undefined });
}

const hasDecimals = ({ typeOptions }: INodeProperties): boolean => (typeOptions?.numberPrecision ?? 0) > 0;

function rangeOf(property: INodeProperties, otherwise: readonly unknown[]): NumberRange {
	const { minValue: least = 0, maxValue: most = SETTING_LIMITS.maxCount } = property.typeOptions ?? {};
	if (otherwise.length > 0) return { least, most, otherwise: otherwise[0] };
	return property.required ? { least, most } : { least, most, otherwise: property.default };
}
