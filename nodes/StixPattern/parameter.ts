import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

export const patternProperty: INodeProperties = {
	displayName: 'Pattern',
	name: 'pattern',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	required: true,
	placeholder: "e.g. [email-message:from_ref.value = 'a@example.com']",
	description: 'A STIX 2.1 pattern',
};

/** The JSON of a parameter: n8n gives the object of an expression, or the text that was typed. */
export function jsonParameter(context: IExecuteFunctions, name: string, itemIndex: number): unknown {
	const value = context.getNodeParameter(name, itemIndex);
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		throw new NodeOperationError(context.getNode(), `The parameter '${name}' is no JSON`, {
			itemIndex,
			description: 'Use an expression such as {{ $json.bundle }}, or paste JSON.',
		});
	}
}
