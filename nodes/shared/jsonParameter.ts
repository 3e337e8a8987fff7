import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

/** A parameter of a node, as it is called in its description and in the editor. */
type Named = Pick<INodeProperties, 'name' | 'displayName'>;

/**
 * A parameter that takes JSON: an object or a list by expression, or pasted text. An expression that gives nothing, or
 * something else, is an error that names the parameter and the item.
 */
export function jsonParameter(context: IExecuteFunctions, { name, displayName }: Named, itemIndex: number): object {
	const value = context.getNodeParameter(name, itemIndex);
	const refuse = (what: string) =>
		new NodeOperationError(context.getNode(), `'${displayName}' ${what} (item ${itemIndex})`, {
			itemIndex,
			description: 'Use an expression such as {{ $json.bundle }}, or paste JSON.',
		});
	if (isNothing(value)) throw refuse('gives nothing');
	let given: unknown = value;
	if (typeof value === 'string') {
		try {
			given = JSON.parse(value) as unknown;
		} catch {
			throw refuse('is no JSON');
		}
	}
	if (typeof given !== 'object' || given === null) throw refuse('gives neither an object nor a list');
	return given;
}

/** A parameter that takes a text, as it is. What an expression gives instead of one is an error that names parameter and item. */
export function textParameter(context: IExecuteFunctions, { name, displayName }: Named, itemIndex: number): string {
	const value: unknown = context.getNodeParameter(name, itemIndex);
	if (typeof value === 'string') return value;
	if (typeof value === 'number' && !Number.isNaN(value)) return String(value);
	// What expressions give for a time: `$now`, or a Date.
	if (value instanceof Date || (value as { isLuxonDateTime?: unknown } | null)?.isLuxonDateTime === true) {
		const time = new Date(Number(value));
		if (!Number.isNaN(time.getTime())) return time.toISOString();
	}
	throw new NodeOperationError(
		context.getNode(),
		`'${displayName}' gives ${isNothing(value) ? 'nothing' : 'no text'} (item ${itemIndex})`,
		{ itemIndex, description: 'The item may lack the field that the expression names. Look at the input of the node.' },
	);
}

/** The same where nothing can be done without it. */
export function filledParameter(context: IExecuteFunctions, named: Named, itemIndex: number): string {
	const value = textParameter(context, named, itemIndex);
	if (!isNothing(value)) return value;
	throw new NodeOperationError(context.getNode(), `'${named.displayName}' is empty (item ${itemIndex})`, {
		itemIndex,
		description: 'Fill it in, or use an expression that gives a text for each item.',
	});
}

/**
 * The fields of a collection of conditions. One whose expression gives nothing is an error: left out, it would widen what is
 * searched to everything. An empty one is not asked for.
 */
export function conditions(
	context: IExecuteFunctions,
	name: string,
	itemIndex: number,
): Record<string, string | number> {
	const given = context.getNodeParameter(name, itemIndex, {}) as Record<string, string | number | null | undefined>;
	for (const [field, value] of Object.entries(given)) {
		if (value === undefined || value === null) {
			throw new NodeOperationError(context.getNode(), `The condition '${field}' gives nothing (item ${itemIndex})`, {
				itemIndex,
				description:
					'Nothing was searched, for without the condition everything would be found. Look at its expression.',
			});
		}
	}
	return given as Record<string, string | number>;
}

/** What an expression gives where there is nothing, and what an empty field holds. */
export const isNothing = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '') || Number.isNaN(value);

export const bundleProperty: INodeProperties = {
	displayName: 'Bundle',
	name: 'bundle',
	type: 'json',
	default: '={{ $json.bundle }}',
	required: true,
	description: 'A STIX 2.1 bundle, as the Email to STIX node puts it out',
};
