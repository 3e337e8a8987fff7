import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import {
	convertItem,
	extractFromItem,
	messageItem,
	passedOn,
	patternItems,
	patternSource,
	type FlowItem,
	type GrownItem,
	type Json,
} from '../../lib/flow';
import { LEAVE_OUT_PRESETS } from '../../lib/indicators';
import type { MailboxMessage } from '../../lib/mailbox';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { toEmailItem } from '../../nodes/shared/emailItem';
import { chain, execute, FakeCredentials, node } from './engine';
import { exampleMessages } from './exampleWorkflow';

// What the steps of a flow make of a message is the same in every host: what they do in n8n is the measure.

const types = { emailToStix: new EmailToStix(), stixPattern: new StixPattern() };
const receivedAt = new Date('2026-11-21T12:00:00Z');
const messages = exampleMessages().map(({ name, raw }, index): [string, MailboxMessage] => [
	name,
	{
		id: `imap:soc:${index}`,
		source: { kind: 'imap', mailbox: 'intel@soc.example.org', folder: 'INBOX', uid: index + 1, uidValidity: '7' },
		size: raw.length,
		receivedAt,
		raw,
		truncated: false,
	},
]);
const attachments = { include: false, types: [], maxBytes: 0, maxNumber: 0 };
/** The defaults of n8n's Email to STIX. */
const CONVERT = {
	extraction: { exclude: LEAVE_OUT_PRESETS.phishingTriage },
	bundle: { markings: { tlp: 'amber+strict' }, identity: { name: 'Email Intel' } },
} as const;

const flowItem = ({ json, files }: GrownItem): FlowItem => ({
	json,
	files: {
		keys: Object.keys(files),
		info: (key) => ({ ...files[key]!, size: files[key]!.bytes.length }),
		read: (key) => Promise.resolve(files[key]!.bytes),
	},
});
/** As it looks where it was JSON in between. */
const plain = (json: unknown) => JSON.parse(JSON.stringify(json)) as Json;

async function inN8n(item: INodeExecutionData, ...steps: [string, IDataObject][]): Promise<Json[]> {
	const nodes = steps.map(([type, parameters], index) => node(`step ${index}`, type, parameters));
	const result = await execute({
		types,
		nodes,
		connections: chain(...nodes.map(({ name }) => name)),
		credentials: new FakeCredentials({}),
		startNode: 'step 0',
		startItems: [item],
	});
	expect(result.error()).toBeUndefined();
	return (result.output(nodes.at(-1)!.name) ?? []).map(({ json }) => plain(json));
}

describe.each(messages)('%s', (_name, message) => {
	it.each(['simple', 'full'] as const)('has the same fields, %s', async (output) => {
		for (const analyse of ['itself', 'automatic'] as const) {
			const { json } = await toEmailItem(message, { output, analyse, includeRaw: true, attachments });
			expect(plain((await messageItem(message, { output, analyse })).json)).toEqual(plain(json));
		}
	});

	it('becomes the same bundle, indicators and pattern', async () => {
		const item = await toEmailItem(message, { output: 'simple', includeRaw: true, attachments });
		const [expected] = await inN8n(
			item,
			['emailToStix', { operation: 'convert', openAttachments: true }],
			['stixPattern', { operation: 'build' }],
		);
		const { json } = await convertItem(flowItem(await messageItem(message)), { ...CONVERT, opening: {} });
		expect(plain(patternItems(json, patternSource(json)!)[0])).toEqual(expected);
	});

	it('gives the same indicators one by one', async () => {
		const item = await toEmailItem(message, { output: 'simple', includeRaw: true, attachments });
		const expected = await inN8n(item, ['emailToStix', { operation: 'extract' }]);
		const found = await extractFromItem(flowItem(await messageItem(message)), CONVERT);
		expect(plain(found.items)).toEqual(expected);
	});
});

it('the record of a message that could not be fetched passes through as it does in n8n', async () => {
	const [, message] = messages[0]!;
	const failure = { code: 'MAILBOX_PROTOCOL', message: 'No bytes came' };
	const record: MailboxMessage = { ...message, raw: Buffer.alloc(0), truncated: true, failure };
	const item = await toEmailItem(record, { output: 'simple', includeRaw: true, attachments });
	const [expected] = await inN8n(item, ['emailToStix', { operation: 'convert' }]);
	const came = flowItem(await messageItem(record));
	expect(plain(passedOn(came))).toEqual(expected);
	expect(passedOn(came, ['a pattern of its own'])).toBeUndefined();
	expect(passedOn(flowItem(await messageItem(message)))).toBeUndefined();
});
