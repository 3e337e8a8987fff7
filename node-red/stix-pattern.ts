import { PATTERN_DEFAULTS } from '../lib/defaults';
import type { Json, PatternItemOptions, PatternSource } from '../lib/flow';
import type { Indicator, IndicatorType } from '../lib/indicators';
import { isRecord } from '../lib/json';
import { lazy } from '../lib/lazy';
import { SETTING_LIMITS } from '../lib/limits';
import { WORDS } from './shared/defaults';
import { NodeRedError } from './shared/errors';
import { inputOf, jsonOf, valueOf, withItem } from './shared/items';
import { passedOn } from './shared/reading';
import { itemMessages } from './shared/sequence';
import type { FlowMessage, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, choicesOf, Fields, isOn, numberOf } from './shared/settings';
import { oneByOne, registerStep, type StepResult } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));

const TYPES = [
	'autonomous-system',
	'cryptocurrency-wallet',
	'domain-name',
	'email-addr',
	'file',
	'ipv4-addr',
	'ipv6-addr',
	'mac-addr',
	'phone-number',
	'url',
	'user-account',
	'windows-registry-key',
] as const satisfies readonly IndicatorType[];

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-stix-pattern', (node, config) => {
		const property = inputOf(config);
		const operation = choiceOf('Operation', config.operation, ['build', 'match', 'validate']);
		const options = operation === 'build' ? buildOptions(config) : {};
		return {
			doing: { build: 'building', match: 'matching', validate: 'checking' }[operation],
			atOnce: 1,
			together: 1,
			work: oneByOne(async (message) => {
				const fields = new Fields(RED, node, config, message);
				return await OPERATIONS[operation]({ RED, property, fields, config, options }, message);
			}),
		};
	});
};

interface Work {
	RED: Runtime;
	property: string;
	fields: Fields;
	config: NodeConfig;
	options: PatternItemOptions;
}

const OPERATIONS: Readonly<
	Record<'build' | 'match' | 'validate', (work: Work, message: FlowMessage) => Promise<StepResult>>
> = { build, match, validate };

function buildOptions(config: NodeConfig): PatternItemOptions {
	const types = choicesOf('Types', config.types, TYPES, []);
	return {
		use: choiceOf('Use', config.use, ['auto', 'all', 'defanged', 'attached']),
		combine: choiceOf('Combine as', config.combine, ['observations', 'comparisons', 'sets']),
		from: choiceOf('From bundle', config.from, ['auto', 'indicators', 'observables']),
		maximumTerms: numberOf('Max terms', config.maximumTerms, {
			least: 1,
			most: SETTING_LIMITS.maxCount,
			otherwise: PATTERN_DEFAULTS.maximumTerms,
		}),
		...(types.length === 0 ? {} : { types }),
		whenEmpty: choiceOf('If there is nothing', config.whenEmpty, ['empty', 'error']),
		split: isOn('Split', config.split),
		more: WORDS.pattern,
	};
}

/** A pattern of what a message holds, of a bundle or a list that a property holds, or of a list of indicators in place of a message. */
async function build({ RED, property, fields, config, options }: Work, message: FlowMessage): Promise<StepResult> {
	const choice = choiceOf('Source', config.source, ['auto', 'bundle', 'indicators']);
	const value = valueOf(RED, message, property);
	if (choice === 'auto' && Array.isArray(value)) return ofList(RED, message, property, value as unknown[], options);
	const json = jsonOf(RED, message, property);
	const given = choice === 'auto' ? flow().patternSource(json) : await fields.raw('given', 'Built from');
	const record = passedOn(RED, message, property, [given]);
	if (record !== undefined) return record;
	const source = choice === 'auto' ? given : await fields.json('given', 'Built from');
	if (source === undefined) {
		throw new NodeRedError('NODE_RED_INPUT', `msg.${property} has neither 'indicators' nor a 'bundle'`, {
			hint: "Put 'email to stix' before this node. A node in between must keep its payload.",
		});
	}
	// What a node before has put there is of a message: whoever wrote that must not stop the others.
	const all = flow().patternItems(json, source as PatternSource, { ...options, isMessage: choice === 'auto' });
	return patterns(RED, message, property, all);
}

/** Indicators that Join has put together: one pattern for those of each message. */
function ofList(
	RED: Runtime,
	message: FlowMessage,
	property: string,
	list: readonly unknown[],
	options: PatternItemOptions,
): StepResult {
	const { asIndicator, builtPatterns, isIndicatorItem, nameOfMessage, withItemGaps } = flow();
	const groups = new Map<string, Json[]>();
	for (const one of list) {
		if (!isRecord(one) || !isIndicatorItem(one)) {
			throw new NodeRedError('NODE_RED_INPUT', `msg.${property} is a list of something else than indicators`, {
				hint: "It must be what 'email to stix' (Extract indicators) makes, joined to a list by a Join node.",
			});
		}
		const name = nameOfMessage(one.message);
		groups.set(name, [...(groups.get(name) ?? []), one]);
	}
	const all = (groups.size === 0 ? [[]] : [...groups.values()]).flatMap((items) => {
		const [first] = items;
		const indicators: Indicator[] = items.map(asIndicator);
		const { patterns: built, warnings } = builtPatterns(indicators, options);
		const json: Json = {
			...(isRecord(first?.message) ? first.message : {}),
			indicators,
			...(first?.leftOut === undefined ? {} : { leftOut: first.leftOut }),
			...(warnings.length === 0 ? {} : { warnings }),
		};
		return built.map((pattern) => withItemGaps(items, { ...json, pattern }));
	});
	return patterns(RED, message, property, all);
}

/** One pattern goes on in its message, several as a sequence. */
function patterns(RED: Runtime, message: FlowMessage, property: string, all: readonly Json[]): StepResult {
	const [first] = all;
	const isIncomplete = all.some(({ complete }) => complete === false);
	if (all.length !== 1 || first === undefined)
		return { send: [itemMessages(RED, message, property, all)], text: `${all.length} patterns`, isIncomplete };
	const built = first.pattern as string;
	return {
		send: withItem(RED, message, property, { json: first, files: {} }),
		text: built === '' ? 'nothing to look for' : `${built.length} characters`,
		isIncomplete,
	};
}

async function match({ RED, property, fields }: Work, message: FlowMessage): Promise<StepResult> {
	const json = jsonOf(RED, message, property);
	const needed = [await fields.raw('pattern', 'Pattern'), await fields.raw('bundle', 'Bundle')];
	const record = passedOn(RED, message, property, needed);
	if (record !== undefined) return record;
	const isEmpty = json.pattern === '' && needed[0] === '';
	const pattern = isEmpty ? '' : await fields.filledText('pattern', 'Pattern');
	const bundle = await fields.json('bundle', 'Bundle');
	if (bundle === undefined && !isEmpty) {
		throw new NodeRedError('NODE_RED_INPUT', "'Bundle' is empty", {
			hint: 'Choose the property with a STIX bundle, or a list of STIX objects.',
		});
	}
	const matched = flow().matchedItem(json, pattern, bundle ?? []);
	return {
		send: withItem(RED, message, property, { json: matched, files: {} }),
		text: matched.matched === true ? 'matched' : 'not matched',
	};
}

async function validate({ RED, property, fields }: Work, message: FlowMessage): Promise<StepResult> {
	const json = jsonOf(RED, message, property);
	const record = passedOn(RED, message, property, [await fields.raw('pattern', 'Pattern')]);
	if (record !== undefined) return record;
	const checked = flow().validatedItem(json, await fields.text('pattern', 'Pattern'));
	return {
		send: withItem(RED, message, property, { json: checked, files: {} }),
		text: checked.valid === true ? 'valid' : 'not valid',
		isIncomplete: checked.valid !== true,
	};
}
