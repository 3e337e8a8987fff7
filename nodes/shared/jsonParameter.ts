import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { isNothing } from '../../lib/flow';

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
			description: 'Enter an expression such as {{ $json.bundle }}, or paste JSON.',
		});
	if (isNothing(value)) throw refuse('returns nothing');
	let given: unknown = value;
	if (typeof value === 'string') {
		try {
			given = JSON.parse(value) as unknown;
		} catch {
			throw refuse('is not valid JSON');
		}
	}
	if (typeof given !== 'object' || given === null) throw refuse('returns neither an object nor a list');
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
		`'${displayName}' ${isNothing(value) ? 'returns nothing' : 'does not return text'} (item ${itemIndex})`,
		{
			itemIndex,
			description: 'The input item may not have the field that the expression refers to. Check the input of the node.',
		},
	);
}

/** The same where nothing can be done without it. */
export function filledParameter(context: IExecuteFunctions, named: Named, itemIndex: number): string {
	const value = textParameter(context, named, itemIndex);
	if (!isNothing(value)) return value;
	throw new NodeOperationError(context.getNode(), `'${named.displayName}' is empty (item ${itemIndex})`, {
		itemIndex,
		description: 'Enter a value, or use an expression that returns text for each item.',
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
			throw new NodeOperationError(context.getNode(), `The condition '${field}' returns nothing (item ${itemIndex})`, {
				itemIndex,
				description:
					'The search was not started, because without this condition it would find everything. Check the expression.',
			});
		}
	}
	return given as Record<string, string | number>;
}

export const bundleProperty: INodeProperties = {
	displayName: 'Bundle',
	name: 'bundle',
	type: 'json',
	default: '={{ $json.bundle }}',
	required: true,
	description: 'A STIX 2.1 bundle, such as the output of Email to STIX',
};
