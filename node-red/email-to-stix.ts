import { BUNDLE_DEFAULTS } from '../lib/defaults';
import type { ConvertOptions } from '../lib/flow';
import type { WarningList } from '../lib/indicators';
import { lazy } from '../lib/lazy';
import { INDICATOR_LIMITS, MEGABYTE_LIMITS, SETTING_LIMITS, STIX_LIMITS } from '../lib/limits';
import { NODE_RED_DEFAULTS } from './shared/defaults';
import { NodeRedError } from './shared/errors';
import { filesOf, inputOf, itemOf, withItem } from './shared/items';
import { analyseOf, leftOutFlags, openingOf, passedOn } from './shared/reading';
import { severalMessages } from './shared/sequence';
import type { FlowMessage, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, choicesOf, Fields, isOn, numberOf, optionalMegabytes, plainText } from './shared/settings';
import { oneByOne, registerStep } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const indicators = lazy(() => require('../lib/indicators') as typeof import('../lib/indicators'));

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-email-to-stix', (node, config) => {
		const property = inputOf(config);
		const operation = choiceOf('Operation', config.operation, ['convert', 'extract']);
		const warningLists = new WarningLists();
		return {
			doing: operation === 'convert' ? 'converting' : 'extracting',
			atOnce: 1,
			together: 1,
			work: oneByOne(async (message, signal) => {
				const item = itemOf(RED, message, property);
				const record = passedOn(RED, message, property);
				if (record !== undefined) return record;
				const fields = new Fields(RED, node, config, message);
				const reading = { ...(await readingOptions(fields, config)), signal };
				const extraction = { ...reading.extraction, warningLists: await warningLists.of(fields, config, message) };
				if (operation === 'extract') {
					const found = await flow().extractFromItem(item, { ...reading, extraction });
					return severalMessages(RED, message, property, found, 'indicators');
				}
				const options = { ...reading, ...(await convertOptions(fields, config)), extraction };
				const grown = await flow().convertItem(item, options);
				const { indicators: found, complete } = grown.json as { indicators: unknown[]; complete?: boolean };
				return {
					send: withItem(RED, message, property, grown),
					text: `${found.length} indicators`,
					isIncomplete: complete === false,
				};
			}),
		};
	});
};

async function readingOptions(
	fields: Fields,
	config: NodeConfig,
): Promise<Pick<ConvertOptions, 'analyse' | 'opening'> & { extraction: NonNullable<ConvertOptions['extraction']> }> {
	const { EXTRACT_KINDS, extractOf, USUAL_KINDS } = flow();
	const ownDomains = await fields.list('ownDomains', 'Own domains');
	return {
		analyse: analyseOf(config),
		opening: await openingOf(fields, config),
		extraction: {
			...extractOf(choicesOf('Extract', config.extract, EXTRACT_KINDS, USUAL_KINDS)),
			exclude: leftOutFlags(config),
			// Nobody named any: those of the mailbox.
			ownDomains: ownDomains.length === 0 ? undefined : ownDomains,
			allowList: await fields.list('allowList', 'Allow list'),
			trustedRelays: await fields.list('trustedRelays', 'Trusted relays'),
			protectedDomains: await fields.list('protectedDomains', 'Protected domains'),
			vipNames: await fields.list('vipNames', 'VIP names'),
			attachedMessages: isOn('Read attached messages', config.attachedMessages, true),
			textAttachments: isOn('Read text attachments', config.textAttachments, true),
			maxIndicators: numberOf('Max indicators', config.maxIndicators, {
				least: 1,
				most: SETTING_LIMITS.maxCount,
				otherwise: INDICATOR_LIMITS.maxIndicators,
			}),
		},
	};
}

async function convertOptions(fields: Fields, config: NodeConfig): Promise<ConvertOptions> {
	const { BUNDLE_PARTS, includeOf, USUAL_PARTS } = flow();
	const policy = choiceOf('Indicators', config.patternPolicy, ['never', 'defanged', 'unflagged']);
	const size = (label: string, value: unknown, otherwise: number) =>
		optionalMegabytes(label, value, { least: 0, most: MEGABYTE_LIMITS.most }) ?? otherwise;
	return {
		output: choiceOf('Output', config.output, ['json', 'binary', 'both']),
		picture: choiceOf('Picture', config.picture, ['none', 'html', 'svg']),
		bundle: {
			markings: {
				tlp: choiceOf('TLP', config.tlp, ['amber+strict', 'clear', 'green', 'amber', 'red']),
				pap: choiceOf('PAP', config.pap, ['none', 'clear', 'green', 'amber', 'red']),
				ids: choiceOf('Marking IDs', config.markingIds, ['opencti', 'oasis']),
			},
			include: includeOf(choicesOf('Include', config.include, BUNDLE_PARTS, USUAL_PARTS)),
			identity: {
				name: plainText('Author', config.author) || NODE_RED_DEFAULTS.author,
				identityClass: choiceOf('Author class', config.identityClass, [
					'organization',
					'group',
					'individual',
					'system',
				]),
			},
			labels: await fields.list('labels', 'Labels'),
			sizes: {
				maxArtifactBytes: size('Max attachment size', config.maxArtifact, BUNDLE_DEFAULTS.maxArtifactBytes),
				maxRawEmailBytes: size('Max raw message size', config.maxRawEmail, BUNDLE_DEFAULTS.maxRawEmailBytes),
			},
			confidence: numberOf('Confidence', config.confidence, {
				least: 0,
				most: STIX_LIMITS.maxConfidence,
				otherwise: undefined,
			}),
			patterns: { policy },
		},
		reporterLabel: isOn('Label by reporter', config.reporterLabel),
		campaignLabel: isOn('Label by campaign', config.campaignLabel),
		checkDkim: isOn('Check DKIM', config.checkDkim),
	};
}

/** Warning lists are long, and the same for all messages: they are read once, as long as they are the same. */
class WarningLists {
	#known: { given: unknown; lists: WarningList[] } | undefined;
	#inFile: { text: string; lists: WarningList[] } | undefined;

	/** @throws WarningListError `WARNING_LIST_INVALID`; NodeRedError `NODE_RED_INPUT` */
	async of(fields: Fields, config: NodeConfig, message: FlowMessage): Promise<readonly WarningList[] | undefined> {
		const { readWarningLists } = indicators();
		const given = await fields.raw('warningLists', 'Warning lists');
		if (given !== undefined && this.#known?.given !== given) {
			const lists = readWarningLists((await fields.json('warningLists', 'Warning lists')) ?? []);
			this.#known = { given, lists };
		}
		const key = plainText('Warning lists file', config.warningListFile);
		if (key !== '') {
			const files = filesOf(message);
			if (!files.keys.includes(key)) {
				throw new NodeRedError('NODE_RED_INPUT', `msg.binary.${key} is missing`, {
					hint: "'Warning lists file' names a file of msg.binary. Check the name, or leave the field empty.",
				});
			}
			const text = (await files.read(key)).toString('utf8');
			if (this.#inFile?.text !== text) this.#inFile = { text, lists: readWarningLists(text) };
		}
		const all = [
			...(given === undefined ? [] : (this.#known?.lists ?? [])),
			...(key === '' ? [] : (this.#inFile?.lists ?? [])),
		];
		return all.length === 0 ? undefined : all;
	}
}
