import { HUNT_DEFAULTS, MICROSOFT_HUNT_DEFAULTS } from '../lib/defaults';
import type { Hunter, HuntItemOptions, HuntTargetView } from '../lib/flow';
import { lazy } from '../lib/lazy';
import { HUNT_LIMITS, SETTING_LIMITS } from '../lib/limits';
import { DAY, HOUR, MINUTE } from '../lib/units';
import type { Account } from './shared/account';
import { accountOf } from './shared/accounts';
import { SharedClient } from './shared/client';
import { MAILBOX_READ_HINT } from './shared/defaults';
import { inputOf, itemOf, withItem } from './shared/items';
import { itemMessages } from './shared/sequence';
import type { NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, isOn, numberOf, typedText } from './shared/settings';
import { registerStep } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const connections = lazy(() => require('./shared/connections') as typeof import('./shared/connections'));
const esa = lazy(() => require('../lib/esa') as typeof import('../lib/esa'));
const microsoft = lazy(() => require('../lib/microsoftHunt') as typeof import('../lib/microsoftHunt'));

/** What rows of any target are, behind the view of that target. */
type Row = never;
type Client = Hunter<Row> & { close(): Promise<void> };

const TARGETS = ['cisco', 'defender', 'messageTrace'] as const;
type Target = (typeof TARGETS)[number];

const OPEN: Readonly<Record<Target, (account: Account) => Client>> = {
	cisco: (account) => connections().openCisco(account) as Client,
	defender: (account) => connections().openDefender(account) as Client,
	messageTrace: (account) => connections().openMessageTrace(account) as Client,
};

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-hunt', (node, config) => {
		const property = inputOf(config);
		const target = choiceOf('Target', config.target, TARGETS);
		const view = viewOf(target, config);
		const options = huntOptions(target, config);
		const client = new SharedClient(() =>
			OPEN[target](accountOf(RED, config, target === 'cisco' ? 'cisco' : 'microsoft')),
		);
		return {
			doing: 'hunting',
			atOnce: 1,
			close: async () => await client.close(),
			work: async (message, signal) => {
				const item = itemOf(RED, message, property);
				const pattern = await typedText(RED, node, config, 'pattern', message);
				const record = flow().passedOn(item, [pattern], MAILBOX_READ_HINT);
				if (record !== undefined) {
					return {
						send: withItem(RED, message, property, { json: record, files: {} }),
						text: 'no message',
						isIncomplete: true,
					};
				}
				const reading = { ...options.reading, signal };
				const items = await client.using(
					async (hunter) => await flow().huntedItems(item.json, pattern, hunter, view, { ...options, reading }),
				);
				if (options.output === 'messages') {
					return { send: [itemMessages(RED, message, property, items)], text: `${items.length} messages found` };
				}
				const json = items[0]!;
				const { matches, complete } = json.hunt as { matches: number; complete: boolean };
				const text = pattern === '' ? 'nothing to look for' : `${matches} messages found`;
				return { send: withItem(RED, message, property, { json, files: {} }), text, isIncomplete: !complete };
			},
		};
	});
};

function viewOf(target: Target, config: NodeConfig): HuntTargetView<Row> {
	if (target === 'cisco') {
		const stixVersion = choiceOf('STIX version', config.stixVersion, ['2.1', '2.0']);
		const customObjects = isOn(config.customObjects);
		const view: HuntTargetView<import('../lib/esa').HuntedRow> = {
			plans: (patterns, options) => esa().planHunts(patterns, options),
			fieldsOf: ({ attributes, matchedBy }) =>
				esa().withOverview(attributes, matchedBy === undefined ? {} : { matchedBy }),
			bundleOf: (rows) => esa().esaRowsToBundle(rows, { stixVersion, customObjects }),
		};
		return view;
	}
	const people = choiceOf('People in STIX', config.people, ['recipients', 'none', 'clicks']);
	const view: HuntTargetView<import('../lib/microsoftHunt').MicrosoftHuntedRow> = {
		plans: (patterns, options) =>
			target === 'defender'
				? microsoft().planDefenderHunts(patterns, options)
				: microsoft().planMessageTraces(patterns, options),
		fieldsOf: (row) => microsoft().withOverviewOf(row, row.matchedBy === undefined ? {} : { matchedBy: row.matchedBy }),
		bundleOf: (rows) => microsoft().microsoftRowsToBundle(rows, { people }),
	};
	return view;
}

const MINUTES = { days: DAY / MINUTE, hours: HOUR / MINUTE, minutes: 1 } as const;

function huntOptions(target: Target, config: NodeConfig): HuntItemOptions {
	const unit = choiceOf('Look back unit', config.lookBackUnit, ['days', 'hours', 'minutes']);
	const most = SETTING_LIMITS.maxCount;
	const lookBack = numberOf('Look back', config.lookBack, {
		least: 1,
		most: Math.floor(HUNT_LIMITS.maxTimeRangeMinutes / MINUTES[unit]),
		otherwise: HUNT_DEFAULTS.lookBackDays,
	});
	const { maxRequests, maxRows } = HUNT_DEFAULTS;
	const otherwise = target === 'cisco' ? maxRequests : MICROSOFT_HUNT_DEFAULTS.maxRequests;
	return {
		planning: {
			timeRangeMinutes: lookBack * MINUTES[unit],
			...(target === 'cisco' ? { headerAddresses: isOn(config.headerAddresses) } : {}),
		},
		reading: {
			maxRows: numberOf('Max rows', config.maxRows, { least: 1, most, otherwise: maxRows }),
			maxRequests: numberOf('Max requests', config.maxRequests, { least: 1, most, otherwise }),
			...(target === 'defender' ? { details: config.details === undefined || isOn(config.details) } : {}),
		},
		output: choiceOf('Output', config.output, ['summary', 'messages']),
	};
}
