import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { OpenCtiClient, OpenCtiError } from '../../lib/opencti';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { execute, FakeCredentials, node, retry, type WorkflowResult } from './engine';

// One bad item stops no other, and is seen all the same: the execution ends as failed, and n8n's Retry completes it.

const TYPE = 'n8n-nodes-email-intel.openCti';
const types = { [TYPE]: new OpenCti() };

let platform: OpenCtiLab;

beforeEach(async () => {
	platform = await startOpenCti();
});

afterEach(async () => await platform.close());

const message = (name: string, date = 'Date: Wed, 18 Nov 2026 20:30:00 +0100'): INodeExecutionData => ({
	json: {},
	binary: {
		data: {
			data: Buffer.from(
				`From: a@example.org\r\nTo: b@example.com\r\nSubject: ${name}\r\n${date}\r\nMessage-ID: <${name}@example.org>\r\n\r\nSee http://evil.example.net/\r\n`,
			).toString('base64'),
			mimeType: 'message/rfc822',
			fileName: 'mail.eml',
		},
	},
});
const several = (count: number) => Array.from({ length: count }, (_, at) => message(`mail ${at}`));

function setup(items: INodeExecutionData[], { token = platform.token, onError = 'stopWorkflow' } = {}) {
	const parameters: IDataObject = {
		resource: 'report',
		operation: 'createFromEmail',
		tlp: 'amber',
		contents: 'observables',
		options: {},
	};
	const step = node('Create Report', TYPE, parameters, {
		onError: onError as 'stopWorkflow',
		credentials: { emailIntelOpenCtiApi: { id: '1', name: 'o' } },
	});
	return {
		types,
		nodes: [step],
		connections: {},
		credentials: new FakeCredentials({ emailIntelOpenCtiApi: { url: platform.url, token } }),
		startNode: step.name,
		startItems: items,
	};
}

const names = () =>
	platform
		.snapshot()
		.reports.map(({ name }) => name)
		.sort();
const failed = (result: WorkflowResult) => result.error()!;

describe('an execution of which items fail', () => {
	const without = message('no date', 'X-Nothing: 1');

	it('makes all that can be made, and then ends as failed with what failed and what was made', async () => {
		const result = await execute(setup([...several(2), without, message('mail 3'), without]));
		expect(names()).toEqual(['mail 0', 'mail 1', 'mail 3']);
		expect(result.run.status).toBe('error');
		const { message: text, description, context } = failed(result);
		expect(text).toBe(
			'2 of 5 items failed: item 2: The message has neither a readable Date header nor a time of reception',
		);
		expect(context).toMatchObject({ itemIndex: 2 });
		expect(description).toContain('Item 4: The message has neither');
		for (const { name, id } of platform.snapshot().reports) {
			expect(description).toContain(`${name} ${platform.url}/dashboard/analyses/reports/${id}`);
		}
		expect(description).toContain('Retry');
	});

	it('is completed by a retry, which doubles nothing', async () => {
		platform.fail({ operation: 'EmailIntelReportAdd', kind: 'UNKNOWN_ERROR' });
		const first = setup(several(4));
		const result = await execute(first);
		// Which one is not said: they are worked on at the same moment.
		expect(failed(result).message).toMatch(/^1 of 4 items failed: item [0-3]: /);
		const before = platform.snapshot().reports.map(({ id }) => id);
		expect(before).toHaveLength(3);

		const again = await retry(first, result);
		expect(again.error()).toBeUndefined();
		const made = platform.snapshot();
		expect(names()).toEqual(['mail 0', 'mail 1', 'mail 2', 'mail 3']);
		expect(made.reports.map(({ id }) => id)).toEqual(expect.arrayContaining(before));
		expect(made.counts['Url']).toBe(1);
		expect(again.output('Create Report')).toHaveLength(4);
	});

	it('is told as ever when there is one item', async () => {
		const result = await execute(setup([without]));
		expect(failed(result).message).toBe('The message has neither a readable Date header nor a time of reception');
	});

	it('goes on with all items where the workflow is to continue', async () => {
		const result = await execute(setup([without, ...several(2)], { onError: 'continueRegularOutput' }));
		expect(result.error()).toBeUndefined();
		expect(result.output('Create Report')).toHaveLength(3);
	});

	it('names no more than a bounded number of items, and counts the rest', async () => {
		const result = await execute(setup(Array.from({ length: 300 }, () => without)));
		const { message: text, description } = failed(result);
		expect(text).toContain('300 of 300 items failed');
		expect(description).toContain('and 280 more');
		expect(description!.length).toBeLessThan(20_000);
	});
});

describe("a server's trouble", () => {
	it('ends the execution after three items, and says that the others were not tried', async () => {
		const result = await execute(setup(several(20), { token: 'wrong' }));
		expect(failed(result).message).toMatch(/^3 of 20 items failed: item 0: .*token/);
		expect(failed(result).description).toContain('The 17 others were not tried');
		// The three were tried at the same moment, and what all of them need was asked for once.
		expect(platform.requests.filter(({ operation }) => operation === 'EmailIntelAbout')).toHaveLength(1);
		expect(platform.requests.filter(({ operation }) => /Add$/.test(operation))).toEqual([]);
	});

	it('the first items do not wait for one another: no more are begun than it takes to see whose trouble it is', async () => {
		const open: (() => void)[] = [];
		const client = jest.spyOn(OpenCtiClient.prototype, 'createReportFromEmail').mockImplementation(
			() =>
				new Promise((_resolve, reject) => {
					open.push(() => reject(new OpenCtiError('OPENCTI_UNAVAILABLE', 'The platform does not answer')));
				}),
		);
		try {
			const running = execute(setup(several(20)));
			// Each turn gives the engine a chance to begin another item.
			for (let turn = 0; turn < 2_000 && open.length < 3; turn++) await new Promise(setImmediate);
			for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
			expect(open).toHaveLength(3);
			// Whichever of them fails first.
			for (const fail of open.reverse()) fail();
			const result = await running;
			expect(failed(result).message).toMatch(/^3 of 20 items failed: item 0: /);
			expect(failed(result).description).toContain('The 17 others were not tried');
		} finally {
			client.mockRestore();
		}
	});

	it('is none where an item before was fine', async () => {
		await execute(setup(several(1)));
		for (let times = 0; times < 4; times++) platform.fail({ operation: 'EmailIntelReportAdd', kind: 'UNKNOWN_ERROR' });
		const items = [without(0), ...several(6).slice(1), message('last')];
		const result = await execute(setup(items));
		expect(failed(result).message).toContain('items failed');
		expect(names()).toContain('last');
	});

	/** A message without date fails for its own sake: what fails behind it may do so, too. */
	const without = (at: number) => message(`undated ${at}`, 'X-Nothing: 1');

	it('is none where each message lacks something of its own', async () => {
		const result = await execute(setup([without(0), without(1), without(2), ...several(2)]));
		expect(failed(result).message).toContain('3 of 5 items failed');
		expect(names()).toEqual(['mail 0', 'mail 1']);
	});
});
