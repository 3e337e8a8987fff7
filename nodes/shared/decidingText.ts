import type { IGetNodeParameterOptions, INodeProperties } from 'n8n-workflow';
import { SettingError } from '../../lib/settings';

/** The part of n8n's contexts that a parameter is read from; polls have no items. */
interface ParameterContext {
	getNodeParameter(name: string, ...more: never[]): unknown;
}

/**
 * A text that decides where something is read or written, and means something else when it is empty: live data instead of
 * a draft, the credential's mailbox instead of the one of the item. Empty is what the user left empty, or what one expression
 * gives as an empty text. An expression that gives nothing (undefined, null, no finite number), and a template of several whose
 * fields are all missing, is an error: somebody meant something else than what would happen. Without blanks around it.
 *
 * @throws SettingError that names the parameter, and the item
 */
export function decidingText(
	context: ParameterContext,
	property: INodeProperties,
	itemIndex?: number,
	options: IGetNodeParameterOptions = {},
): string {
	const read = context.getNodeParameter.bind(context) as (...parameters: unknown[]) => unknown;
	const parameter = (more: IGetNodeParameterOptions) =>
		itemIndex === undefined ? read(property.name, '', more) : read(property.name, itemIndex, '', more);
	const value = parameter(options);
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	const text = typeof value === 'string' ? value.trim() : '';
	if (text !== '') return text;
	const isNothing = value === undefined || value === null || typeof value === 'string' || typeof value === 'number';
	const expression = expressionOf(parameter({ rawExpressions: true }));
	if (isNothing && (expression === undefined || (value === '' && isOnPurpose(expression)))) return '';
	const item = itemIndex === undefined ? '' : ` for item ${itemIndex} (counted from 0)`;
	throw new SettingError(
		property.displayName,
		`The expression in '${property.displayName}' ${isNothing ? 'returns nothing' : 'does not return text'}${item}`,
		{
			hint: `Correct the expression. To leave '${property.displayName}' empty, use an expression that returns empty text: {{ $json.field ?? '' }}.`,
		},
	);
}

/** As it is stored, when that is an expression, or a resource locator that holds one. */
function expressionOf(raw: unknown): string | undefined {
	const { value } = (typeof raw === 'object' && raw !== null ? raw : { value: raw }) as { value?: unknown };
	return typeof value === 'string' && value.startsWith('=') ? value.slice(1).trim() : undefined;
}

/** Of several expressions n8n makes one text, in which a missing field is an empty text, too: then nobody can know. */
function isOnPurpose(expression: string): boolean {
	return expression === '' || (/^\{\{[\s\S]*\}\}$/.test(expression) && expression.indexOf('{{', 2) < 0);
}
