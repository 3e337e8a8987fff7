import { PATTERN_DEFAULTS } from '../lib/defaults';
import type { Json } from '../lib/flow';
import { lazy } from '../lib/lazy';
import { SETTING_LIMITS } from '../lib/limits';
import { MAILBOX_READ_HINT } from './shared/defaults';
import { NodeRedError } from './shared/errors';
import { inputOf, itemOf, jsonOf, withItem } from './shared/items';
import type { FlowMessage, Runtime } from './shared/runtime';
import { choiceOf, numberOf, typedText, typedValue } from './shared/settings';
import { registerStep, type StepResult } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const pattern = lazy(() => require('../lib/pattern') as typeof import('../lib/pattern'));

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-stix-pattern', (node, config) => {
		const property = inputOf(config);
		const operation = choiceOf('Operation', config.operation, ['build', 'match', 'validate']);
		const put = (message: FlowMessage, json: Json) => withItem(RED, message, property, { json, files: {} });
		const options = {
			use: choiceOf('Use', config.use, ['auto', 'all', 'defanged', 'attached']),
			combine: choiceOf('Combine as', config.combine, ['observations', 'comparisons', 'sets']),
			from: choiceOf('From bundle', config.from, ['auto', 'indicators', 'observables']),
			maximumTerms: numberOf('Max terms', config.maximumTerms, {
				least: 1,
				most: SETTING_LIMITS.maxCount,
				otherwise: PATTERN_DEFAULTS.maximumTerms,
			}),
		};

		const build = (message: FlowMessage): StepResult => {
			const item = itemOf(RED, message, property);
			const source = flow().patternSource(item.json);
			const record = flow().passedOn(item, [source], MAILBOX_READ_HINT);
			if (record !== undefined) return { send: put(message, record), text: 'no message', isIncomplete: true };
			if (source === undefined) {
				throw new NodeRedError('NODE_RED_INPUT', `msg.${property} has neither 'indicators' nor a 'bundle'`, {
					hint: "Put 'email to stix' before this node. A node in between must keep its payload.",
				});
			}
			const json = flow().patternOfItem(item.json, source, options);
			const built = json.pattern as string;
			const isIncomplete = json.complete === false;
			return {
				send: put(message, json),
				text: built === '' ? 'nothing to look for' : `${built.length} characters`,
				isIncomplete,
			};
		};
		const match = async (message: FlowMessage): Promise<StepResult> => {
			const json = jsonOf(RED, message, property);
			const bundle = await typedValue(RED, node, config, 'bundle', message);
			if (typeof bundle !== 'object' || bundle === null) {
				throw new NodeRedError('NODE_RED_INPUT', "'Bundle' gives no bundle", {
					hint: 'Choose the property with a STIX bundle, or a list of STIX objects.',
				});
			}
			const text = await typedText(RED, node, config, 'pattern', message);
			const matched = flow().matchedItem(json, text, bundle);
			return { send: put(message, matched), text: matched.matched === true ? 'matched' : 'not matched' };
		};
		const validate = async (message: FlowMessage): Promise<StepResult> => {
			const json = jsonOf(RED, message, property);
			const verdict = pattern().validatePattern(await typedText(RED, node, config, 'pattern', message));
			return {
				send: put(message, { ...json, ...verdict }),
				text: verdict.valid ? 'valid' : 'not valid',
				isIncomplete: !verdict.valid,
			};
		};
		const operations = { build, match, validate };
		return {
			doing: { build: 'building', match: 'matching', validate: 'checking' }[operation],
			atOnce: 1,
			work: async (message) => await operations[operation](message),
		};
	});
};
