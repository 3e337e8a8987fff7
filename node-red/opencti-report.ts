import type { ReportItemOptions } from '../lib/flow';
import { lazy } from '../lib/lazy';
import { OPENCTI_LIMITS, STIX_LIMITS } from '../lib/limits';
import { accountOf } from './shared/accounts';
import { SharedClient } from './shared/client';
import { MAILBOX_READ_HINT } from './shared/defaults';
import { inputOf, itemOf, withItem } from './shared/items';
import type { FlowMessage, FlowNode, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, isOn, listOf, numberOf, textOf, typedList, typedText } from './shared/settings';
import { registerStep } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const connections = lazy(() => require('./shared/connections') as typeof import('./shared/connections'));

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-opencti-report', (node, config) => {
		const property = inputOf(config);
		const draft = textOf(config.draft);
		const workspace = draft === '' ? ('live' as const) : { id: draft };
		const client = new SharedClient(() => connections().openOpenCti(accountOf(RED, config, 'opencti'), workspace));
		return {
			doing: 'reporting',
			atOnce: OPENCTI_LIMITS.maxItemsAtOnce,
			close: async () => await client.close(),
			work: async (message) => {
				const item = itemOf(RED, message, property);
				const record = flow().passedOn(item, [], MAILBOX_READ_HINT);
				if (record !== undefined) {
					return {
						send: withItem(RED, message, property, { json: record, files: {} }),
						text: 'no message',
						isIncomplete: true,
					};
				}
				const options = await reportOptions(RED, node, config, message);
				const json = await client.using(async (platform) => await flow().reportedItem(item, platform, options));
				const report = json.report as { created?: boolean; complete?: boolean };
				return {
					send: withItem(RED, message, property, { json, files: {} }),
					text: report.created === false ? 'report was there' : 'report created',
					isIncomplete: report.complete === false,
				};
			},
		};
	});
};

async function reportOptions(
	RED: Runtime,
	node: FlowNode,
	config: NodeConfig,
	message: FlowMessage,
): Promise<ReportItemOptions> {
	const list = async (name: string) => await typedList(RED, node, config, name, message);
	const author = await typedText(RED, node, config, 'author', message);
	const notes = await typedText(RED, node, config, 'notes', message);
	const namePrefix = textOf(config.namePrefix);
	const attachmentTypes = listOf(config.attachmentTypes);
	const reportTypes = listOf(config.reportTypes);
	const reliability = textOf(config.reliability);
	const seenAt = textOf(config.seenAt);
	const confidence = numberOf('Confidence', config.confidence, {
		least: 0,
		most: STIX_LIMITS.maxConfidence,
		otherwise: undefined,
	});
	return {
		analyse: choiceOf('Analyse', config.analyse, ['automatic', 'itself', 'attached']),
		...(isOn(config.openAttachments)
			? { opening: { words: await list('attachmentPasswords'), otherArchives: isOn(config.otherArchives) } }
			: {}),
		tlp: choiceOf('TLP', config.tlp, ['auto', 'clear', 'green', 'amber', 'amber+strict', 'red']),
		contents: choiceOf('Contents', config.contents, ['auto', 'observables', 'indicators', 'none']),
		markings: await list('markings'),
		labels: await list('labels'),
		ownDomains: await list('ownDomains'),
		published: choiceOf('Published', config.published, ['date', 'received']),
		originalEmail: isOn(config.originalEmail),
		links: isOn(config.defangLinks) ? 'defang' : 'keep',
		triggerImport: isOn(config.triggerImport),
		missingLabels: choiceOf('If labels are missing', config.missingLabels, ['create', 'skip', 'error']),
		sameNameAndDate: choiceOf('Same name and date', config.sameNameAndDate, ['separate', 'merge']),
		...(isOn(config.updateExisting) ? { existing: 'update' as const } : {}),
		huntResults: {
			as: choiceOf('Hunt results', config.huntResults, ['sightings', 'messages', 'table']),
			recipients: choiceOf('Hunt recipients', config.huntRecipients, ['names', 'counts']),
			ownAddresses: isOn(config.ownAddresses),
			...(seenAt === '' ? {} : { seenAt }),
		},
		...(author === '' ? {} : { author }),
		...(notes === '' ? {} : { notes }),
		...(namePrefix === '' ? {} : { namePrefix: `${namePrefix} ` }),
		...(attachmentTypes.length === 0 ? {} : { attachmentTypes }),
		...(reportTypes.length === 0 ? {} : { reportTypes }),
		...(reliability === '' ? {} : { reliability }),
		...(confidence === undefined ? {} : { confidence }),
	};
}
