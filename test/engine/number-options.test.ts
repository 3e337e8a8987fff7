import type { IDataObject, INodeExecutionData, INodeProperties, INodeType } from 'n8n-workflow';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { startServer, type LabServer } from '../lab/http/server';
import { execute, FakeCredentials, node, poller } from './engine';

/*
 * Every number that a user can set, in every node, as the descriptions list them: what is no number, or beyond what the
 * editor allows, is an error that names the option as the editor does. A number option that is added to a node is in here
 * by itself.
 */

const NODES: Record<string, INodeType> = {
	ciscoEsa: new CiscoEsa(),
	emailToStix: new EmailToStix(),
	graphTrigger: new GraphTrigger(),
	imapTrigger: new ImapTrigger(),
	mailbox: new MailboxReader(),
	openCti: new OpenCti(),
	stixPattern: new StixPattern(),
};

/** What each node needs besides. */
const PARAMETERS: Record<string, IDataObject> = {
	ciscoEsa: {
		pattern: "[file:name = 'a']",
		// Of days and hours fewer make ten years.
		lookBackUnit: 'minutes',
		start: '2026-01-01T00:00:00Z',
		stop: '2026-01-02T00:00:00Z',
		quarantines: 'Policy',
		output: 'summary',
	},
	emailToStix: { tlp: 'amber', output: 'json' },
	graphTrigger: { folder: { __rl: true, mode: 'path', value: 'inbox' } },
	imapTrigger: { folder: { __rl: true, mode: 'path', value: 'INBOX' } },
	mailbox: {
		folder: { __rl: true, mode: 'path', value: 'INBOX' },
		destination: { __rl: true, mode: 'path', value: 'Archive' },
		binaryProperty: 'data',
	},
	openCti: { tlp: 'amber', contents: 'none', severity: 'low' },
	stixPattern: {
		source: 'indicators',
		indicators: '[{ "type": "url", "value": "http://evil.example/" }]',
	},
};

interface NumberOption {
	type: string;
	property: INodeProperties;
	/** Parameters that show it, with a value for it. */
	parameters(value: unknown): IDataObject;
}

/** One of the values that show it; of connections the one that asks nobody outside. */
const shownBy = ({ displayOptions }: INodeProperties): IDataObject =>
	Object.fromEntries(
		Object.entries(displayOptions?.show ?? {}).map(([name, values = []]) => [
			name,
			(values.find((value) => value === 'imap') ?? values[0]) as string,
		]),
	);

function numberOptions(type: string, properties: readonly INodeProperties[]): NumberOption[] {
	return properties.flatMap((property): NumberOption[] => {
		const outer = { ...PARAMETERS[type], ...shownBy(property) };
		if (property.type === 'number') {
			return [{ type, property, parameters: (value) => ({ ...outer, [property.name]: value as string }) }];
		}
		if (property.type !== 'collection') return [];
		return numberOptions('', property.options as INodeProperties[]).map((inner) => ({
			type,
			property: inner.property,
			parameters: (value) => ({ ...outer, [property.name]: inner.parameters(value) }),
		}));
	});
}

const ALL = Object.entries(NODES).flatMap(([type, { description }]) => numberOptions(type, description.properties));

const MESSAGE = Buffer.from('From: a@b.example\r\nSubject: s\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\ntext\r\n');
const ITEM: INodeExecutionData = {
	json: {},
	binary: { data: { data: MESSAGE.toString('base64'), mimeType: 'message/rfc822', fileName: 'm.eml' } },
};

/** Says no to everything, at once. */
let server: LabServer;
beforeAll(async () => {
	server = await startServer((_request, response) => {
		response.writeHead(401).end('{}');
	});
});
afterAll(async () => await server.close());

/** What the node ends with; undefined when it does its work. */
async function failureOf({ type, parameters }: NumberOption, value: unknown) {
	const { url } = server;
	const data: Record<string, IDataObject> = {
		emailIntelCiscoEsaApi: { url, product: 'ESA', user: 'u', passphrase: 'p' },
		emailIntelOpenCtiApi: { url, token: 't' },
		// Nobody listens there.
		emailIntelImapApi: { host: '127.0.0.1', port: 1, user: 'u', password: 'p', security: 'none' },
		emailIntelGmailOAuth2Api: { user: 'u', oauthTokenData: { access_token: 'x' } },
		// Refused before anything is asked, and behind the options.
		emailIntelGraphApi: {
			tenant: 'example.com',
			clientId: '',
			clientSecret: 's',
			signInWith: 'secret',
			cloud: 'global',
		},
	};
	const name = `n8n-nodes-email-intel.${type}`;
	const credentials = Object.fromEntries(
		(NODES[type]!.description.credentials ?? []).map((one) => [one.name, { id: '1', name: 'c' }]),
	);
	const one = node('Node', name, parameters(value), { credentials });
	const setting = { types: { [name]: NODES[type]! }, credentials: new FakeCredentials(data as never) };
	if (NODES[type]!.poll !== undefined) {
		const trigger = poller({ ...setting, pollNode: one, workflowId: `numbers-${Math.random()}` });
		return await trigger.activate().then(
			() => undefined,
			(error: Error & { description?: string }) => error,
		);
	}
	const run = await execute({ ...setting, nodes: [one], connections: {}, startNode: 'Node', startItems: [ITEM] });
	return run.error();
}

it('the descriptions list these', () => {
	const names = ALL.map(({ type, property }) => `${type}: ${property.displayName}`);
	expect([...new Set(names)]).toEqual([
		'ciscoEsa: Look Back',
		'ciscoEsa: Max Requests',
		'ciscoEsa: Max Rows',
		'ciscoEsa: MID',
		'emailToStix: Confidence',
		'emailToStix: Max Attachment Size (MB)',
		'emailToStix: Max Raw Message Size (MB)',
		'emailToStix: Max Indicators',
		'graphTrigger: First Run Limit',
		'graphTrigger: First Run Look-Back: Number',
		'graphTrigger: Max Attachment Size (MB)',
		'graphTrigger: Max Attachments',
		'graphTrigger: Max Message Size (MB)',
		'graphTrigger: Max Messages per Poll',
		'imapTrigger: First Run Limit',
		'imapTrigger: First Run Look-Back: Number',
		'imapTrigger: Max Attachment Size (MB)',
		'imapTrigger: Max Attachments',
		'imapTrigger: Max Message Size (MB)',
		'imapTrigger: Max Messages per Poll',
		'mailbox: Limit',
		'mailbox: UID',
		'mailbox: Max Attachment Size (MB)',
		'mailbox: Max Attachments',
		'mailbox: Number',
		'openCti: Confidence',
		'openCti: Limit',
		'stixPattern: Max Terms',
	]);
	for (const { property } of ALL) {
		const bounds = { minValue: expect.any(Number), maxValue: expect.any(Number) };
		expect([property.displayName, property.typeOptions]).toEqual([
			property.displayName,
			expect.objectContaining(bounds),
		]);
	}
});

const titled = ALL.map((option): [string, NumberOption] => {
	const { resource = '', operation = '', connection = '' } = option.parameters(0);
	return [
		`${option.type} ${[resource, operation, connection].join(' ').trim()}: ${option.property.displayName}`,
		option,
	];
});

describe.each(titled)('%s', (_title, option) => {
	const { property } = option;
	const { minValue = 0, maxValue = 0 } = property.typeOptions ?? {};

	it.each([
		['={{ Number("abc") }}', 'NaN'],
		['={{ 1/0 }}', 'Infinity'],
		['={{ -1 }}', '-1'],
		[`={{ ${maxValue} + 1 }}`, String(maxValue + 1)],
		['abc', "'abc'"],
		['={{ true }}', 'true'],
		['={{ [5] }}', 'a list'],
	])('%s is an error that names it', async (value, shown) => {
		const bounds = [minValue, maxValue].map((bound) => bound.toLocaleString('en-US', { maximumFractionDigits: 6 }));
		const kind = property.typeOptions?.numberPrecision ? 'a number' : 'a whole number';
		expect(await failureOf(option, value)).toMatchObject({
			name: 'NodeOperationError',
			message: `'${property.displayName}' must be ${kind} from ${bounds.join(' to ')}, but it is ${shown}`,
			description: expect.stringContaining('SETTING_INVALID'),
		});
	});

	it('empty is its default, or an error where there can be none', async () => {
		for (const value of ['', '={{ undefined }}', '={{ null }}']) {
			const failure = await failureOf(option, value);
			if (property.required) expect(failure?.message).toContain(`'${property.displayName}' must be a whole number`);
			else expect(failure?.message ?? '').not.toContain(property.displayName);
		}
	});

	it('its least and its most are taken, as numbers and as text', async () => {
		for (const value of [minValue, maxValue, String(minValue), `={{ "${maxValue}" }}`]) {
			const failure = await failureOf(option, value);
			expect(failure?.message ?? '').not.toContain(`'${property.displayName}' has to be`);
		}
	});
});
