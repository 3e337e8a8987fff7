import type { INodeProperties } from 'n8n-workflow';
import { instant } from '../../lib/settings';

/** The part of n8n's contexts that knows in which zone a workflow lives: its own setting, or else the instance's. */
interface ZoneContext {
	getTimezone(): string;
}

/**
 * A point in time that a user set, by its property. n8n's date picker gives a text without a zone, and an expression a
 * text or an object: without a zone, the clocks of the workflow's zone are meant. Empty means `otherwise`; what is required must
 * not be empty.
 *
 * @throws SettingError `SETTING_INVALID` that names the option as the editor does
 */
export function timeOption(context: ZoneContext, property: INodeProperties, value: unknown): Date;
export function timeOption<Otherwise>(
	context: ZoneContext,
	property: INodeProperties,
	value: unknown,
	otherwise: Otherwise,
): Date | Otherwise;
export function timeOption(
	context: ZoneContext,
	{ displayName }: INodeProperties,
	value: unknown,
	...otherwise: unknown[]
): unknown {
	const zone = context.getTimezone();
	if (otherwise.length === 0) return instant(displayName, value, { zone });
	return instant(displayName, value, { zone, otherwise: otherwise[0] });
}
