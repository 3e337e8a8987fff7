import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Indicator } from '../../lib/indicators';
import type { HuntFindings } from '../../lib/hunt';
import { INDICATOR_LIMITS, OPENCTI_LIMITS } from '../../lib/limits';
import { huntFindings, type ReportContents } from '../../lib/opencti';
import type { AnyBundle, AnyStixObject } from '../../lib/stix';
import { isRecord } from '../../lib/json';

/** *Put Into the Report*: the item decides, its bundle, or what is found in the message now. */
export type ContentsChoice = 'auto' | 'bundle' | ReportContents;

/** The bundle that a node before made of the item's message: a field, or the file of Email to STIX. */
export async function itemBundle(context: IExecuteFunctions, itemIndex: number): Promise<AnyBundle | undefined> {
	const { json, binary } = context.getInputData()[itemIndex]!;
	if (isBundle(json.bundle)) return json.bundle;
	if (binary?.bundle?.mimeType !== 'application/stix+json') return undefined;
	const bytes = await context.helpers.getBinaryDataBuffer(itemIndex, 'bundle');
	try {
		const given = JSON.parse(bytes.toString('utf8')) as unknown;
		return isBundle(given) ? given : undefined;
	} catch {
		return undefined;
	}
}

/** The bundle that is put into the report; undefined where something else is. @throws NodeOperationError when it is asked for and missing */
export async function chosenBundle(
	context: IExecuteFunctions,
	itemIndex: number,
	choice: ContentsChoice,
	parameter: string,
): Promise<AnyBundle | undefined> {
	if (choice !== 'auto' && choice !== 'bundle') return undefined;
	const bundle = await itemBundle(context, itemIndex);
	if (bundle !== undefined || choice === 'auto') return bundle;
	throw new NodeOperationError(
		context.getNode(),
		`'${parameter}' is Item's Bundle, and the item has no bundle (item ${itemIndex})`,
		{
			itemIndex,
			description:
				"Put Email to STIX (Convert to Bundle) before this node, or choose Automatic, which takes the bundle where there is one and the message's observables where not.",
		},
	);
}

/** What hunts for the item's message put out: one, or those of several targets in a list. */
export function itemHunts(context: IExecuteFunctions, itemIndex: number): Record<string, unknown>[] {
	const { hunt } = context.getInputData()[itemIndex]!.json as { hunt?: unknown };
	return (Array.isArray(hunt) ? (hunt as unknown[]) : [hunt]).filter(isRecord).slice(0, OPENCTI_LIMITS.maxHunts);
}

/** The same as the description of a report tells it. */
export const findingsOfHunts = (hunts: readonly unknown[]): HuntFindings[] =>
	hunts.flatMap((hunt) => huntFindings(hunt) ?? []);

/** The indicators that the item's bundle was made of, as far as they have the form of ours. */
export function itemIndicators(context: IExecuteFunctions, itemIndex: number): Indicator[] {
	const { indicators } = context.getInputData()[itemIndex]!.json as { indicators?: unknown };
	const list = Array.isArray(indicators) ? (indicators as unknown[]) : [];
	return list.slice(0, INDICATOR_LIMITS.maxIndicators).flatMap((entry) => {
		if (!isRecord(entry) || typeof entry.type !== 'string' || typeof entry.value !== 'string') return [];
		const sources = listIn(entry.sources).filter((source) => isRecord(source) && typeof source.part === 'string');
		const flags = listIn(entry.flags).filter((flag) => typeof flag === 'string');
		return [{ ...entry, sources, flags } as unknown as Indicator];
	});
}

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

function isBundle(value: unknown): value is AnyBundle & { objects: AnyStixObject[] } {
	return isRecord(value) && value.type === 'bundle' && Array.isArray(value.objects) && value.objects.length > 0;
}
