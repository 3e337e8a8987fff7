import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { planHunt, type EsaBundleOptions, type EsaClient } from '../../../lib/esa';
import { EmailIntelError } from '../../../lib/errors';
import { HuntError, type HuntOmission, type HuntOptions, type HuntPlan, type HuntWarning } from '../../../lib/hunt';
import { toNodeError } from '../../shared/errors';
import { grown } from '../../shared/items';
import { isNothing, textParameter } from '../../shared/jsonParameter';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import {
	customObjectsOption,
	lookBackProperties,
	maxRowsOption,
	outputProperty,
	patternProperty,
	planOptions,
	planProperties,
	stixVersionOption,
	type PlanParameters,
} from '../parameters';
import { resultItems, rowItems, type Output } from '../result';

export const option: INodePropertyOptions = {
	name: 'Hunt',
	value: 'hunt',
	action: 'Hunt messages with a STIX pattern',
	description: 'Find all messages that match a STIX pattern, and no others',
};

export const description = shownFor({ resource: ['message'], operation: ['hunt'] }, [
	patternProperty,
	...lookBackProperties,
	outputProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [customObjectsOption, maxRowsOption, ...planProperties, stixVersionOption],
	},
]);

interface Options extends EsaBundleOptions, PlanParameters {
	maxRows?: unknown;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient,
): Promise<INodeExecutionData[]> {
	const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
	if (record !== undefined) return [record];
	const output = context.getNodeParameter('output', itemIndex) as Output;
	const {
		maxRows,
		headerAddresses,
		customObjects = false,
		...bundle
	} = context.getNodeParameter('options', itemIndex, {}) as Options;
	const rowLimit = numberOption(maxRowsOption, maxRows);
	const options = planOptions(context, itemIndex, { headerAddresses });
	const pattern = textParameter(context, patternProperty, itemIndex);
	// Build says so of a message that holds nothing to look for.
	if (isNothing(pattern)) return nothingHunted(context, itemIndex, output, { warnings: [] });
	const plan = planned(context, itemIndex, pattern, options);
	if (plan instanceof EmailIntelError) {
		if (!(plan instanceof HuntError) || plan.leftOut === undefined) return refused(context, itemIndex, output, plan);
		const { message, hint = '', leftOut = [] } = plan;
		const warnings = [...new Set(leftOut.map(({ code }) => code))].map((code) => ({
			code,
			message: `${message}. ${hint}`,
		}));
		log(context, warnings, leftOut);
		return nothingHunted(context, itemIndex, output, { warnings, pattern, leftOut });
	}
	const signal = context.getExecutionCancelSignal?.();
	const asked = client.hunt(plan, { maxRows: rowLimit, signal });
	const refusal = await asked.then(
		() => undefined,
		(error: unknown) => (isOfItsValues(context, itemIndex, pattern, error) ? error : undefined),
	);
	if (refusal !== undefined) return refused(context, itemIndex, output, refusal);
	const { rows, warnings, leftOut, truncated, counts, reading } = await asked;
	log(context, warnings, leftOut);
	const about = {
		...(leftOut.length === 0 ? {} : { leftOut }),
		counts,
		pattern,
		queries: plan.queries,
		truncated,
		reading,
	};
	return resultItems(
		context,
		itemIndex,
		output,
		'hunt',
		{ rows, warnings, about: about },
		{ ...bundle, customObjects },
	);
}

/**
 * True where the appliance, or the hunt, refuses what stands in a pattern that was built from a message: whoever wrote the message
 * chose it, and must not stop the hunts for others.
 */
function isOfItsValues(
	context: IExecuteFunctions,
	itemIndex: number,
	pattern: string,
	error: unknown,
): error is EmailIntelError {
	return (
		error instanceof EmailIntelError &&
		OF_VALUES.has(error.code) &&
		context.getInputData()[itemIndex]!.json.pattern === pattern
	);
}

const OF_VALUES: ReadonlySet<string> = new Set([
	'ESA_QUERY_REFUSED',
	'HUNT_TOO_COMPLEX',
	'PATTERN_TOO_COMPLEX',
	'PATTERN_TOO_DEEP',
	'PATTERN_TOO_LONG',
]);

/** The message goes on, and says that it was not hunted for, and why. */
function refused(
	context: IExecuteFunctions,
	itemIndex: number,
	output: Output,
	{ message, hint = '', code }: EmailIntelError,
): INodeExecutionData[] {
	// What the appliance said may quote what was asked.
	context.logger.warn(`${context.getNode().name}: the hunt for item ${itemIndex} was refused (${code}).`);
	const said = `This message was not searched for: ${message}. ${hint} (${code})`;
	return nothingHunted(context, itemIndex, output, { warnings: [{ code: 'hunt-incomplete', message: said }] });
}

/** The plan; or why there is none, where nothing is wrong but that the appliance cannot be searched for any of it. */
function planned(
	context: IExecuteFunctions,
	itemIndex: number,
	pattern: string,
	options: HuntOptions,
): HuntPlan | EmailIntelError {
	try {
		return planHunt(pattern, options);
	} catch (error) {
		if (error instanceof HuntError && error.leftOut !== undefined) return error;
		if (isOfItsValues(context, itemIndex, pattern, error)) return error;
		throw toNodeError(context.getNode(), error, itemIndex);
	}
}

interface NothingHunted {
	warnings: HuntWarning[];
	pattern?: string;
	leftOut?: readonly HuntOmission[];
}

/** The message goes on: that there was nothing to ask for is no failure. */
function nothingHunted(
	context: IExecuteFunctions,
	itemIndex: number,
	output: Output,
	{ warnings, ...about }: NothingHunted,
): INodeExecutionData[] {
	if (output === 'messages') return rowItems(context, itemIndex, [], warnings);
	const complete = warnings.length === 0;
	const hunt = { matches: 0, complete, rows: [], warnings, ...about, queries: [] };
	return [grown(context, itemIndex, { hunt: hunt }, { warnings, complete })];
}

/** What is hunted for stays out of n8n's log. */
function log(context: IExecuteFunctions, warnings: readonly HuntWarning[], leftOut: readonly HuntOmission[]): void {
	const counts = new Map<string, number>(leftOut.map(({ code, count }) => [code, count]));
	for (const { code, message } of warnings) {
		const count = counts.get(code);
		const said = count === undefined ? message : `${count} alternatives of the pattern were left out (${code}).`;
		context.logger.warn(`${context.getNode().name}: ${said}`);
	}
}
