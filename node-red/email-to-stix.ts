import type { ConvertOptions } from '../lib/flow';
import { lazy } from '../lib/lazy';
import { INDICATOR_LIMITS, SETTING_LIMITS, STIX_LIMITS } from '../lib/limits';
import { MAILBOX_READ_HINT } from './shared/defaults';
import { inputOf, itemOf, withItem } from './shared/items';
import { itemMessages } from './shared/sequence';
import type { FlowMessage, FlowNode, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, isOn, numberOf, textOf, typedList } from './shared/settings';
import { registerStep } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const presets = lazy(() => (require('../lib/indicators') as typeof import('../lib/indicators')).LEAVE_OUT_PRESETS);

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-email-to-stix', (node, config) => {
		const property = inputOf(config);
		const operation = choiceOf('Operation', config.operation, ['convert', 'extract']);
		return {
			doing: operation === 'convert' ? 'converting' : 'extracting',
			atOnce: 1,
			work: async (message, signal) => {
				const item = itemOf(RED, message, property);
				const record = flow().passedOn(item, [], MAILBOX_READ_HINT);
				if (record !== undefined) {
					return {
						send: withItem(RED, message, property, { json: record, files: {} }),
						text: 'no message',
						isIncomplete: true,
					};
				}
				const options = { ...(await convertOptions(RED, node, config, message)), signal };
				if (operation === 'extract') {
					const found = await flow().extractFromItem(item, options);
					return { send: [itemMessages(RED, message, property, found)], text: `${found.length} indicators` };
				}
				const grown = await flow().convertItem(item, options);
				const { indicators, complete } = grown.json as { indicators: unknown[]; complete?: boolean };
				return {
					send: withItem(RED, message, property, grown),
					text: `${indicators.length} indicators`,
					isIncomplete: complete === false,
				};
			},
		};
	});
};

async function convertOptions(
	RED: Runtime,
	node: FlowNode,
	config: NodeConfig,
	message: FlowMessage,
): Promise<ConvertOptions> {
	const list = async (name: string) => await typedList(RED, node, config, name, message);
	const ownDomains = await list('ownDomains');
	const leaveOut = choiceOf('Leave out', config.leaveOut, ['phishingTriage', 'lookAlikes', 'nothing']);
	const policy = choiceOf('Indicators', config.patternPolicy, ['never', 'defanged', 'unflagged']);
	const pap = choiceOf('PAP', config.pap, ['none', 'clear', 'green', 'amber', 'red']);
	const author = textOf(config.author);
	return {
		analyse: choiceOf('Analyse', config.analyse, ['automatic', 'itself', 'attached']),
		...(isOn(config.openAttachments)
			? { opening: { words: await list('attachmentPasswords'), otherArchives: isOn(config.otherArchives) } }
			: {}),
		extraction: {
			exclude: presets()[leaveOut],
			// Nobody named any: those of the mailbox.
			ownDomains: ownDomains.length === 0 ? undefined : ownDomains,
			allowList: await list('allowList'),
			trustedRelays: await list('trustedRelays'),
			protectedDomains: await list('protectedDomains'),
			vipNames: await list('vipNames'),
			maxIndicators: numberOf('Max indicators', config.maxIndicators, {
				least: 1,
				most: SETTING_LIMITS.maxCount,
				otherwise: INDICATOR_LIMITS.maxIndicators,
			}),
		},
		bundle: {
			markings: {
				tlp: choiceOf('TLP', config.tlp, ['amber+strict', 'clear', 'green', 'amber', 'red']),
				pap,
				ids: choiceOf('Marking IDs', config.markingIds, ['opencti', 'oasis']),
			},
			identity: { name: author === '' ? 'Email Intel' : author },
			labels: await list('labels'),
			confidence: numberOf('Confidence', config.confidence, {
				least: 0,
				most: STIX_LIMITS.maxConfidence,
				otherwise: undefined,
			}),
			patterns: { policy },
		},
		reporterLabel: isOn(config.reporterLabel),
		campaignLabel: isOn(config.campaignLabel),
		checkDkim: isOn(config.checkDkim),
	};
}
