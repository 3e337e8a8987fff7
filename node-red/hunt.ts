import { HUNT_DEFAULTS, MICROSOFT_HUNT_DEFAULTS } from '../lib/defaults';
import type { EsaEvent } from '../lib/esa';
import type { Finding, Hunted, HuntOutput, HuntRun, HuntTold, RowView, Several } from '../lib/flow';
import { HuntError, type HuntOptions, type HuntPlan, type ReadOptions } from '../lib/hunt';
import { lazy } from '../lib/lazy';
import { ESA_LIMITS, HUNT_LIMITS, SETTING_LIMITS } from '../lib/limits';
import { DAY, floorToMinute, HOUR, MINUTE } from '../lib/units';
import type { Account } from './shared/account';
import { accountOf } from './shared/accounts';
import { SharedClient } from './shared/client';
import { NodeRedError } from './shared/errors';
import { inputOf, jsonOf, withItem } from './shared/items';
import { passedOn } from './shared/reading';
import { severalMessages } from './shared/sequence';
import type { FlowMessage, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, Fields, isOn, numberOf } from './shared/settings';
import { oneByOne, registerStep, type Failed, type Step, type StepResult } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const connections = lazy(() => require('./shared/connections') as typeof import('./shared/connections'));
const esa = lazy(() => require('../lib/esa') as typeof import('../lib/esa'));
const microsoft = lazy(() => require('../lib/microsoftHunt') as typeof import('../lib/microsoftHunt'));

/** What rows of any target are, behind the view of that target. */
type Row = never;
type Client = HuntRun<Row>['hunter'] & {
	close(): Promise<void>;
	search(fields: object, options: ReadOptions): Promise<Finding<Row> & { truncated: boolean }>;
};

const TARGETS = ['cisco', 'defender', 'messageTrace'] as const;
type TargetName = (typeof TARGETS)[number];

/** What a target is asked by, and how its rows are shown. */
interface Target {
	open(account: Account): Client;
	plans: (patterns: readonly string[], options: HuntOptions) => Array<HuntPlan | Error>;
	view(config: NodeConfig): RowView<Row>;
	translate(json: Record<string, unknown>, pattern: string, options: HuntOptions): Record<string, unknown>;
	/** The conditions of a search. */
	conditions(fields: Fields, config: NodeConfig): Promise<Record<string, unknown>>;
}

const microsoftView = (config: NodeConfig): RowView<Row> => {
	const people = choiceOf('People in STIX', config.people, ['recipients', 'none', 'clicks']);
	const view: RowView<import('../lib/microsoftHunt').MicrosoftHuntedRow> = {
		fieldsOf: (row) => microsoft().withOverviewOf(row, row.matchedBy === undefined ? {} : { matchedBy: row.matchedBy }),
		bundleOf: (rows) => microsoft().microsoftBundleSteps(rows, { people }),
	};
	return view;
};

/** Fields of a search and their names in the form. */
const MICROSOFT_FIELDS = {
	recipient: 'Recipient',
	sender: 'Sender',
	subject: 'Subject',
	messageId: 'Message-ID',
	networkMessageId: 'Network message ID',
	senderIp: 'Sender IP',
} as const;
const DEFENDER_FIELDS = {
	...MICROSOFT_FIELDS,
	from: 'From',
	domain: 'Domain',
	url: 'URL',
	fileName: 'Attachment name',
	sha256: 'SHA-256',
	threat: 'Threat',
} as const;
const CISCO_FIELDS = {
	recipient: 'Recipient',
	sender: 'Sender',
	subject: 'Subject',
	messageId: 'Message-ID',
	senderIp: 'Sender IP',
	domain: 'Domain',
	replyTo: 'Reply-To',
	fileName: 'Attachment name',
	sha256: 'SHA-256',
	host: 'Gateway',
} as const;

async function conditionsOf(
	fields: Fields,
	names: Readonly<Record<string, string>>,
): Promise<Record<string, string | undefined>> {
	const found: Record<string, string | undefined> = {};
	for (const [name, label] of Object.entries(names)) found[name] = (await fields.condition(name, label)) || undefined;
	return found;
}

const TARGET: Readonly<Record<TargetName, Target>> = {
	cisco: {
		open: (account) => connections().openCisco(account) as unknown as Client,
		plans: (patterns, options) => esa().planHunts(patterns, options),
		view: (config) => {
			const stixVersion = choiceOf('STIX version', config.stixVersion, ['2.1', '2.0']);
			const customObjects = isOn('Custom object types', config.customObjects);
			const view: RowView<import('../lib/esa').HuntedRow> = {
				fieldsOf: ({ attributes, matchedBy }) =>
					esa().withOverview(attributes, matchedBy === undefined ? {} : { matchedBy }),
				bundleOf: (rows) => esa().esaBundleSteps(rows, { stixVersion, customObjects }),
			};
			return view;
		},
		translate: (json, pattern, options) =>
			flow().translatedItem(json, pattern, {}, (text) => esa().planHunt(text, options)),
		conditions: async (fields, config) => {
			const { fileName: attachmentName, ...texts } = await conditionsOf(fields, CISCO_FIELDS);
			const { DELIVERY_STATUSES, ESA_EVENTS, TEXT_OPERATORS } = esa();
			const operator = choiceOf('Compare texts', config.textOperator, TEXT_OPERATORS);
			const mid = numberOf('MID', await fields.condition('mid', 'MID'), {
				least: 1,
				most: ESA_LIMITS.maxMid,
				otherwise: undefined,
			});
			const asked = {
				...texts,
				attachmentName,
				mid,
				direction: choiceOf('Direction', config.direction, ['', 'incoming', 'outgoing']),
				deliveryStatus: choiceOf('Delivery', config.deliveryStatus, ['', ...DELIVERY_STATUSES]),
				event: choiceOf('Event', config.event, ['', ...ESA_EVENTS] as ['', ...EsaEvent[]]),
			};
			const rejected = isOn('Rejected connections', config.rejectedConnections);
			return { ...esa().filledFields(asked, operator), ...(rejected ? { rejectedConnections: true } : {}) };
		},
	},
	defender: {
		open: (account) => connections().openDefender(account) as unknown as Client,
		plans: (patterns, options) => microsoft().planDefenderHunts(patterns, options),
		view: microsoftView,
		translate: (json, pattern, options) => {
			const { DEFENDER_LANGUAGE, planDefenderHunt } = microsoft();
			return flow().translatedItem(json, pattern, DEFENDER_LANGUAGE, (text) => planDefenderHunt(text, options));
		},
		conditions: async (fields) => await conditionsOf(fields, DEFENDER_FIELDS),
	},
	messageTrace: {
		open: (account) => connections().openMessageTrace(account) as unknown as Client,
		plans: (patterns, options) => microsoft().planMessageTraces(patterns, options),
		view: microsoftView,
		translate: (json, pattern, options) => {
			const { TRACE_LANGUAGE, planMessageTrace } = microsoft();
			return flow().translatedItem(json, pattern, TRACE_LANGUAGE, (text) => planMessageTrace(text, options));
		},
		conditions: async (fields, config) => ({
			...(await conditionsOf(fields, MICROSOFT_FIELDS)),
			status: choiceOf('Status', config.status, ['', ...microsoft().TRACE_STATUSES]) || undefined,
		}),
	},
};

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-hunt', (node, config) => {
		const property = inputOf(config);
		const name = choiceOf('Target', config.target, TARGETS);
		const target = TARGET[name];
		const fieldsOf = (message: FlowMessage) => new Fields(RED, node, config, message);
		const client = new SharedClient(() =>
			target.open(accountOf(RED, config, name === 'cisco' ? 'cisco' : 'microsoft')),
		);
		const close = async () => await client.close();
		const operation = choiceOf('Operation', config.operation, ['hunt', 'search', 'translate']);
		if (operation === 'translate') {
			const options = planningOf(name, config);
			const form = name === 'cisco' ? choiceOf('Form', config.form, ['plan', 'queries']) : 'plan';
			return {
				doing: 'translating',
				atOnce: 1,
				together: 1,
				work: oneByOne(async (message): Promise<StepResult> => {
					const asked = await askedFor(RED, fieldsOf(message), message, property);
					if ('record' in asked) return asked.record;
					const { json, pattern } = asked;
					const isQueries = form === 'queries' && !flow().isNothing(pattern);
					const done = isQueries
						? flow().grown(json, { translation: { pattern, queries: esa().translatePattern(pattern, options) } })
						: target.translate(json, pattern, options);
					const { queries } = done.translation as { queries: unknown[] };
					return {
						send: withItem(RED, message, property, { json: done, files: {} }),
						text: `${queries.length} queries`,
					};
				}),
			};
		}
		const view = target.view(config);
		const output = choiceOf('Output', config.output, ['summary', 'messages']);
		const reading = readingOf(name, config);
		const sent = (message: FlowMessage, told: Several, field: 'hunt' | 'search'): StepResult =>
			foundResult(RED, message, property, told, output, field);
		if (operation === 'search') {
			return {
				doing: 'searching',
				atOnce: 1,
				together: 1,
				close,
				work: oneByOne(async (message, signal) => {
					const json = jsonOf(RED, message, property);
					const fields = fieldsOf(message);
					const record = passedOn(RED, message, property, await neededBySearch(fields, config));
					if (record !== undefined) return record;
					const wanted = { ...(await target.conditions(fields, config)), ...(await windowOf(fields, config)) };
					const { rows, warnings, truncated } = await client.using(
						async (hunter) => await hunter.search(wanted, { ...reading, signal }),
					);
					const finding = { rows, warnings, about: { truncated } };
					return sent(message, await flow().foundItems(json, output, 'search', finding, view), 'search');
				}),
			};
		}
		const planning = planningOf(name, config);
		const maxRequests = maxRequestsOf(name, config);
		return {
			doing: 'hunting',
			atOnce: 1,
			together: HUNT_LIMITS.maxTogether,
			close,
			work: hunting(
				RED,
				property,
				fieldsOf,
				async (items, signal) => {
					const run = { plans: target.plans, planning, reading: { ...reading, maxRequests, signal } };
					return await client.using(async (hunter) => await huntAll(items, { ...run, hunter }));
				},
				async (message, json, hunted) => sent(message, await flow().huntedItems(json, hunted, output, view), 'hunt'),
			),
		};
	});
};

/**
 * The hunts of messages that wait behind one another, as one run: what they ask alike is asked once. Where that would cost more than one
 * run may, each is a run of its own, as if it had come alone.
 */
async function huntAll(
	items: readonly { json: Record<string, unknown>; pattern: string }[],
	run: HuntRun<Row>,
): Promise<Array<Hunted<Row>>> {
	const together = await flow().huntTogether(items, run);
	const isTooCostly = (hunted: Hunted<Row>) =>
		hunted.kind === 'failed' && hunted.error instanceof HuntError && hunted.error.code === 'HUNT_TOO_COSTLY';
	if (items.length === 1 || !together.some(isTooCostly)) return together;
	const alone: Array<Hunted<Row>> = [];
	for (const [index, item] of items.entries()) {
		const before = together[index]!;
		alone.push(isTooCostly(before) ? (await flow().huntTogether([item], run))[0]! : before);
	}
	return alone;
}

/** What each message asks for; then all of them at once; then what came of each. */
function hunting(
	RED: Runtime,
	property: string,
	fieldsOf: (message: FlowMessage) => Fields,
	hunt: (
		items: readonly { json: Record<string, unknown>; pattern: string }[],
		signal: AbortSignal,
	) => Promise<Array<Hunted<Row>>>,
	resultOf: (message: FlowMessage, json: Record<string, unknown>, hunted: Hunted<Row>) => Promise<StepResult>,
): Step['work'] {
	return async (messages, signal) => {
		const asked = await Promise.all(
			messages.map(async (message) => {
				try {
					return await askedFor(RED, fieldsOf(message), message, property);
				} catch (error) {
					return { error };
				}
			}),
		);
		// Nobody is asked, and no account is needed, where there is nothing to look for.
		const items = asked.flatMap((one) => ('pattern' in one && !flow().isNothing(one.pattern) ? [one] : []));
		const found = new Map<object, Hunted<Row>>();
		if (items.length > 0) {
			const all = await hunt(items, signal);
			items.forEach((item, index) => found.set(item, all[index]!));
		}
		const results: Array<StepResult | Failed> = [];
		for (const [index, one] of asked.entries()) {
			if ('error' in one) results.push(one);
			else if ('record' in one) results.push(one.record);
			else
				try {
					results.push(await resultOf(messages[index]!, one.json, found.get(one) ?? { kind: 'nothing' }));
				} catch (error) {
					results.push({ error });
				}
		}
		return results;
	};
}

/** The item of a message and its pattern, or the record that it is. */
async function askedFor(
	RED: Runtime,
	fields: Fields,
	message: FlowMessage,
	property: string,
): Promise<{ json: Record<string, unknown>; pattern: string } | { record: StepResult }> {
	const json = jsonOf(RED, message, property);
	const record = passedOn(RED, message, property, [await fields.raw('pattern', 'Pattern')]);
	return record === undefined ? { json, pattern: await fields.text('pattern', 'Pattern') } : { record };
}

function foundResult(
	RED: Runtime,
	message: FlowMessage,
	property: string,
	told: Several & Partial<HuntTold>,
	output: HuntOutput,
	field: 'hunt' | 'search',
): StepResult {
	if (output === 'messages') return severalMessages(RED, message, property, told, 'messages found');
	const json = told.items[0]!;
	const found = json[field] as { matches: number; complete: boolean; pattern?: string };
	return {
		send: withItem(RED, message, property, { json, files: {} }),
		text: field === 'hunt' && json.pattern === '' ? 'nothing to look for' : `${found.matches} messages found`,
		isIncomplete: !found.complete,
	};
}

const MINUTES = { days: DAY / MINUTE, hours: HOUR / MINUTE, minutes: 1 } as const;

function lookBackOf(config: NodeConfig): number {
	const unit = choiceOf('Unit', config.lookBackUnit, ['days', 'hours', 'minutes']);
	return (
		MINUTES[unit] *
		numberOf('Look back', config.lookBack, {
			least: 1,
			most: Math.floor(HUNT_LIMITS.maxTimeRangeMinutes / MINUTES[unit]),
			otherwise: HUNT_DEFAULTS.lookBackDays,
		})
	);
}

const planningOf = (target: TargetName, config: NodeConfig): HuntOptions => ({
	timeRangeMinutes: lookBackOf(config),
	...(target === 'cisco' ? { headerAddresses: isOn('Search header addresses', config.headerAddresses) } : {}),
});

function readingOf(target: TargetName, config: NodeConfig): ReadOptions {
	const { maxRows: otherwise } = HUNT_DEFAULTS;
	return {
		maxRows: numberOf('Max rows', config.maxRows, { least: 1, most: SETTING_LIMITS.maxCount, otherwise }),
		...(target === 'defender' ? { details: isOn('Read clicks and later actions', config.details, true) } : {}),
	};
}

function maxRequestsOf(target: TargetName, config: NodeConfig): number {
	const { maxRequests: otherwise } = target === 'cisco' ? HUNT_DEFAULTS : MICROSOFT_HUNT_DEFAULTS;
	return numberOf('Max requests', config.maxRequests, { least: 1, most: SETTING_LIMITS.maxCount, otherwise });
}

/** The conditions as they stand, for a record that lacks the field that one is to come from. */
async function neededBySearch(fields: Fields, config: NodeConfig): Promise<unknown[]> {
	const names = { ...DEFENDER_FIELDS, ...CISCO_FIELDS, mid: 'MID', start: 'From time', stop: 'To time' };
	const filled = Object.entries(names).filter(([name]) => config[name] !== undefined && config[name] !== '');
	const values = await Promise.all(filled.map(async ([name, label]) => await fields.raw(name, label)));
	// Without a condition, the search is not about the message, and is made whatever comes in.
	return values.length === 0 ? ['-'] : values;
}

/** The window of a search; up to now, in full minutes. @throws SettingError; NodeRedError `NODE_RED_INPUT` */
async function windowOf(fields: Fields, config: NodeConfig): Promise<{ start: Date; stop: Date }> {
	if (choiceOf('Window', config.window, ['lookBack', 'times']) === 'lookBack') {
		const stop = floorToMinute(Date.now());
		return { start: new Date(stop - lookBackOf(config) * MINUTE), stop: new Date(stop) };
	}
	const [start, stop] = [await fields.time('start', 'From time'), await fields.time('stop', 'To time')];
	if (start !== undefined && stop !== undefined) return { start, stop };
	throw new NodeRedError('NODE_RED_INPUT', `'${start === undefined ? 'From time' : 'To time'}' is empty`, {
		hint: 'Enter a date and time, or set the window to Up to now.',
	});
}
