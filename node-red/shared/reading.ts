import { TRIGGER_DEFAULTS } from '../../lib/defaults';
import type { OpenOptions } from '../../lib/attachments';
import type { AttachmentRules, Json } from '../../lib/flow';
import type { IndicatorFlag } from '../../lib/indicators';
import { lazy } from '../../lib/lazy';
import { MEGABYTE_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { WORDS } from './defaults';
import { filesOf, withItem } from './items';
import type { FlowMessage, NodeConfig, Runtime } from './runtime';
import { choiceOf, choicesOf, isOn, megabytesOf, numberOf, plainList, type Fields } from './settings';
import type { StepResult } from './step';

/* Settings that several nodes have. */

const flow = lazy(() => require('../../lib/flow') as typeof import('../../lib/flow'));
const indicators = lazy(() => require('../../lib/indicators') as typeof import('../../lib/indicators'));

/** Whose mail a node works on. */
export const analyseOf = (config: NodeConfig) =>
	choiceOf('Analyse', config.analyse, ['automatic', 'itself', 'attached']);

/** How attachments are opened; undefined where they are not. */
export async function openingOf(fields: Fields, config: NodeConfig): Promise<OpenOptions | undefined> {
	const words = await fields.list('attachmentPasswords', 'Passwords');
	const otherArchives = isOn('Open other archives', config.otherArchives);
	return isOn('Open attachments', config.openAttachments) ? { words, otherArchives } : undefined;
}

/** The flags of values that are left out. */
export function leftOutFlags(config: NodeConfig): readonly IndicatorFlag[] {
	const { LEAVE_OUT_PRESETS, INDICATOR_FLAGS } = indicators();
	const preset = choiceOf('Leave out', config.leaveOut, ['phishingTriage', 'lookAlikes', 'nothing', 'custom']);
	if (preset !== 'custom') return LEAVE_OUT_PRESETS[preset];
	return choicesOf('Flags', config.leaveOutFlags, INDICATOR_FLAGS, LEAVE_OUT_PRESETS.phishingTriage);
}

/** Which attachments a message gets in `msg.binary`. */
export function attachmentRules(config: NodeConfig): AttachmentRules {
	const { attachmentMegabytes, attachments } = TRIGGER_DEFAULTS;
	return {
		include: isOn('Attachments', config.attachments),
		types: plainList('Attachment types', config.attachmentTypes).map((type) => type.toLowerCase()),
		maxBytes: megabytesOf('Max attachment size', config.maxAttachmentSize, {
			least: 0.001,
			most: MEGABYTE_LIMITS.most,
			otherwise: attachmentMegabytes,
		}),
		maxNumber: numberOf('Max attachments', config.maxAttachments, {
			least: 1,
			most: SETTING_LIMITS.maxCount,
			otherwise: attachments,
		}),
	};
}

/**
 * A message that stands for one that a mailbox could not deliver, passed on as it came; undefined for every other.
 *
 * @param needed What the node takes from elsewhere than the message.
 */
export function passedOn(
	RED: Runtime,
	message: FlowMessage,
	property: string,
	needed: readonly unknown[] = [],
): StepResult | undefined {
	const json = RED.util.getMessageProperty(message, property);
	const isObject = typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof Uint8Array);
	if (!isObject) return undefined;
	const record = flow().passedOn({ json: json as Json, files: filesOf(message) }, needed, WORDS.record);
	return record === undefined ? undefined : recordResult(RED, message, property, record);
}

/** The record of a message, as a result. */
export const recordResult = (RED: Runtime, message: FlowMessage, property: string, record: Json): StepResult => ({
	send: withItem(RED, message, property, { json: record, files: {} }),
	text: 'no message',
	isIncomplete: true,
});
