import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { planHunt, type EsaBundleOptions, type EsaClient } from '../../../lib/esa';
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
	if (plan instanceof HuntError) {
		const { message, hint = '', leftOut = [] } = plan;
		const warnings = [...new Set(leftOut.map(({ code }) => code))].map((code) => ({
			code,
			message: `${message}. ${hint}`,
		}));
		log(context, warnings, leftOut);
		return nothingHunted(context, itemIndex, output, { warnings, pattern, leftOut });
	}
	const signal = context.getExecutionCancelSignal?.();
	const { rows, warnings, leftOut, truncated, counts, reading } = await client.hunt(plan, {
		maxRows: rowLimit,
		signal,
	});
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

/** The plan; or why there is none, where nothing is wrong but that the appliance cannot be searched for any of it. */
function planned(
	context: IExecuteFunctions,
	itemIndex: number,
	pattern: string,
	options: HuntOptions,
): HuntPlan | HuntError {
	try {
		return planHunt(pattern, options);
	} catch (error) {
		if (error instanceof HuntError && error.leftOut !== undefined) return error;
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
