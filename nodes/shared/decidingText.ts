import { NodeOperationError, type IGetNodeParameterOptions, type INode, type INodeProperties } from 'n8n-workflow';

/** The part of n8n's contexts that a parameter is read from; polls have no items. */
interface ParameterContext {
	getNode(): INode;
	getNodeParameter(name: string, ...more: never[]): unknown;
}

/**
 * A text that decides where something is read or written, and means something else when it is empty: live data instead of
 * a draft, the credential's mailbox instead of the one of the item. Empty is what the user left empty, or what an expression
 * gives as an empty text. An expression that gives nothing (undefined, null, blanks of a template whose fields are missing)
 * is an error: somebody meant something else than what would happen. Without blanks around it.
 *
 * @throws NodeOperationError that names the parameter, and the item
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
	const isMissing = value === undefined || value === null;
	if (typeof value === 'number') return String(value);
	const text = typeof value === 'string' ? value.trim() : '';
	if (text !== '' || value === '') return text;
	if ((isMissing || typeof value === 'string') && !isExpression(parameter({ rawExpressions: true }))) return '';
	const problem = isMissing || typeof value === 'string' ? 'gives nothing' : 'gives no text';
	const item = itemIndex === undefined ? '' : ` for item ${itemIndex} (counted from 0)`;
	throw new NodeOperationError(context.getNode(), `The expression in '${property.displayName}' ${problem}${item}`, {
		...(itemIndex === undefined ? {} : { itemIndex }),
		description: `Correct the expression. To leave '${property.displayName}' empty on purpose, let it give an empty text: {{ $json.field ?? '' }}.`,
	});
}

/** As it is stored: an expression, or a resource locator that holds one. */
function isExpression(raw: unknown): boolean {
	const { value } = (typeof raw === 'object' && raw !== null ? raw : { value: raw }) as { value?: unknown };
	return typeof value === 'string' && value.startsWith('=');
}
