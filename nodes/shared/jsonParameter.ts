import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

/** A parameter that takes JSON: an object by expression, or pasted text. */
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

export const bundleProperty: INodeProperties = {
	displayName: 'Bundle',
	name: 'bundle',
	type: 'json',
	default: '={{ $json.bundle }}',
	required: true,
	description: 'A STIX 2.1 bundle, as the Email to STIX node puts it out',
};
