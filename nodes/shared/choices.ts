import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { isNothing } from '../../lib/flow';
import { SettingError } from '../../lib/settings';

/**
 * What was chosen in a parameter of a node. An expression can give anything: nothing, and what is not in the list, is an error that
 * names parameter and item.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function choiceParameter<Choice extends string>(
	context: IExecuteFunctions,
	property: INodeProperties,
	itemIndex: number,
): Choice {
	const value = context.getNodeParameter(property.name, itemIndex, property.default);
	if (isNothing(value)) throw refused(property, `returns nothing (item ${itemIndex})`);
	if (valuesOf(property).includes(value)) return value as Choice;
	throw refused(property, `is not one of its options (item ${itemIndex})`);
}

/** The same of an option in a collection, where nothing means its default. @throws SettingError `SETTING_INVALID` */
export function choiceOption<Choice extends string | boolean = string>(
	property: INodeProperties,
	value: unknown,
): Choice {
	if (isNothing(value)) return property.default as Choice;
	if (valuesOf(property).includes(value)) return value as Choice;
	throw refused(property, 'is not one of its options');
}

/** The same where several can be chosen: a list, or a text of words with commas. @throws SettingError `SETTING_INVALID` */
export function choicesOption<Choice extends string>(property: INodeProperties, value: unknown): Choice[] {
	if (value === undefined || value === null) return [...(property.default as Choice[])];
	const chosen: unknown[] | undefined = Array.isArray(value)
		? (value as unknown[])
		: typeof value === 'string'
			? value.split(',').map((word) => word.trim())
			: undefined;
	const known = valuesOf(property);
	const words = chosen?.filter((word) => word !== '');
	if (words?.every((word) => known.includes(word)) === true) return words as Choice[];
	throw refused(property, 'has a value that is not one of its options');
}

const valuesOf = ({ options = [] }: INodeProperties): unknown[] =>
	(options as INodePropertyOptions[]).map(({ value }) => value);

function refused(property: INodeProperties, what: string): SettingError {
	const values = valuesOf(property).map(String);
	return new SettingError(property.displayName, `'${property.displayName}' ${what}`, {
		hint: `Select a value from the list, or let the expression return ${values.slice(0, -1).join(', ')} or ${values.at(-1)}.`,
	});
}
