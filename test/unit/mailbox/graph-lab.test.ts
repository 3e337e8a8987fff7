import { randomUUID } from 'node:crypto';
import { HttpClient } from '../../../lib/http';
import { LAB_CLIENT, LAB_TENANT, MicrosoftLab, type LabMailbox } from '../../lab/graph';

// What the tests of the mailbox lean on: a lab that forgave mistakes would prove nothing.
describe('the Graph of the lab', () => {
	let lab: MicrosoftLab;
	let box: LabMailbox;
	let http: HttpClient;
	const IMMUTABLE = 'IdType="ImmutableId"';

	beforeEach(async () => {
		lab = await MicrosoftLab.start();
		box = lab.graph.mailbox('soc@example.com');
		http = new HttpClient(`${lab.graphUrl}/v1.0/users/soc@example.com`, { ca: lab.ca, maxTries: 1 });
	});
	afterEach(async () => {
		await http.close();
		await lab.close();
	});

	async function get(path: string, headers: Record<string, string> = {}) {
		const answer = await http.request({
			path,
			headers: { authorization: `Bearer ${await lab.tokens().token()}`, 'client-request-id': randomUUID(), ...headers },
		});
		const body = answer.json<{
			error?: { code: string };
			value?: Array<{ id: string }>;
			'@odata.nextLink'?: string;
			'@odata.deltaLink'?: string;
		}>();
		return { status: answer.status, headers: answer.headers, body, code: body.error?.code };
	}

	it('has two id spaces: an immutable id is known only to requests that prefer it, the other changes with a move', async () => {
		const message = box.deliver(box.folder('inbox'), {});
		const before = message.mutableId;
		expect((await get(`messages/${message.immutableId}`)).code).toBe('ErrorItemNotFound');
		const found = await get(`messages/${message.immutableId}`, { prefer: IMMUTABLE });
		expect(found.headers['preference-applied']).toBe(IMMUTABLE);
		expect((await get(`messages/${before}`)).status).toBe(200);
		box.move(message, box.folder('archive'));
		expect((await get(`messages/${before}`)).code).toBe('ErrorItemNotFound');
		expect((await get(`messages/${message.immutableId}`, { prefer: IMMUTABLE })).status).toBe(200);
	});

	it.each([
		['an option that it does not know', 'messages?$count=true', 'ErrorInvalidUrlQuery'],
		['a property that there is not', 'messages?$select=id,size', 'RequestBroker--ParseUri'],
		['a property of another type', 'mailFolders?$select=id,subject', 'RequestBroker--ParseUri'],
		[
			'a sort order that the filter does not lead with',
			"messages?$filter=internetMessageId eq 'x'&$orderby=receivedDateTime desc",
			'InefficientFilter',
		],
		[
			'a delta filter other than by time',
			"mailFolders/inbox/messages/delta?$filter=internetMessageId eq 'x'",
			'ErrorInvalidUrlQuery',
		],
		[
			'a delta order other than the one',
			'mailFolders/inbox/messages/delta?$orderby=receivedDateTime asc',
			'ErrorInvalidUrlQuery',
		],
		[
			'search together with a filter',
			'messages?$search="x"&$filter=receivedDateTime ge 2026-01-01T00:00:00Z',
			'SearchWithFilter',
		],
	])('refuses %s', async (_what, path, code) => {
		expect(await get(path)).toMatchObject({ status: 400, code });
	});

	it('knows a property that it has no value of from one that there is not', async () => {
		expect(await get('messages?$select=id,uniqueBody')).toMatchObject({ status: 501, code: 'NotImplemented' });
	});

	it('tells moves in both ways that are reported of immutable ids', async () => {
		const ask = async (path: string) => (await get(path, { prefer: IMMUTABLE })).body;
		const [inbox, archive] = [box.folder('inbox'), box.folder('archive')];
		for (const moves of ['told', 'untold'] as const) {
			lab.graph.delta.moves = moves;
			const moved = box.deliver(archive, {});
			const circled = box.deliver(inbox, {});
			const link = (await ask('mailFolders/inbox/messages/delta?$select=id&changeType=created'))['@odata.deltaLink']!;
			box.move(moved, inbox);
			box.move(circled, archive);
			box.move(circled, inbox);
			const rows = (await ask(link)).value as Array<{ id: string; '@removed'?: object }>;
			const named = Object.fromEntries(rows.map((row) => [row.id, row['@removed'] === undefined]));
			expect(named).toEqual(
				moves === 'told'
					? { [moved.immutableId]: true, [circled.immutableId]: true }
					: { [circled.immutableId]: false },
			);
			for (const message of [moved, circled]) box.remove(message);
		}
	});

	it('refuses unknown preferences, and tokens that are forged, old, unsigned or of another audience', async () => {
		expect((await get('messages', { prefer: 'IdType="Immutable"' })).status).toBe(400);
		const now = Math.floor(Date.now() / 1000);
		const claims = {
			aud: lab.graphUrl,
			tid: LAB_TENANT,
			appid: LAB_CLIENT,
			roles: ['Mail.Read'],
			nbf: now,
			exp: now + 60,
		};
		const good = lab.entra.sign(claims);
		const tokens = [
			lab.entra.sign({ ...claims, aud: 'https://graph.example.com' }),
			lab.entra.sign({ ...claims, exp: now - 1 }),
			`${good.slice(0, -3)}abc`,
			good.split('.').slice(0, 2).join('.'),
		];
		for (const token of tokens)
			expect(await get('messages', { authorization: `Bearer ${token}` })).toMatchObject({
				status: 401,
				code: 'InvalidAuthenticationToken',
			});
	});

	it('keeps the sync state of four answers, and cuts a filtered round at 5,000', async () => {
		for (let index = 0; index < 5_200; index++)
			box.deliver(box.folder('inbox'), { subject: 'x', messageId: '<x@example.com>' });
		const prefer = { prefer: `${IMMUTABLE}, odata.maxpagesize=1000` };
		const links: string[] = [];
		let count = 0;
		for (
			let path: string | undefined =
				'mailFolders/inbox/messages/delta?$select=id&$filter=receivedDateTime ge 2020-01-01T00:00:00Z';
			path;
		) {
			const { body } = await get(path, prefer);
			count += body.value!.length;
			path = body['@odata.nextLink'];
			links.push(path ?? body['@odata.deltaLink']!);
		}
		expect(count).toBe(5_000);
		expect(links).toHaveLength(5);
		expect(await get(links[0]!, prefer)).toMatchObject({
			status: 410,
			code: expect.stringMatching(/^syncStateNotFound$/i),
		});
		expect((await get(links[4]!, prefer)).status).toBe(200);
	});

	it('shifts the pages of a list when a message goes, and shows late mail late', async () => {
		const at = Date.now();
		const messages = Array.from({ length: 12 }, (_unused, index) =>
			box.deliver(box.folder('inbox'), { receivedAt: at - index * 1000 }),
		);
		box.deliver(box.folder('inbox'), { receivedAt: at, visibleAt: at + 3_600_000 });
		const first = await get('messages?$orderby=receivedDateTime desc&$select=id', { prefer: IMMUTABLE });
		box.remove(messages[0]!);
		const second = await get(first.body['@odata.nextLink']!, { prefer: IMMUTABLE });
		const seen = [...first.body.value!, ...second.body.value!].map(({ id }) => id);
		expect(seen).not.toContain(messages[10]!.immutableId);
		expect(seen).toHaveLength(11);
	});

	it('answers four requests of an application at once, and the fifth with 429', async () => {
		// Long enough for five handshakes on a busy machine.
		lab.graph.latencyMs = 2_000;
		const answers = await Promise.all(Array.from({ length: 5 }, async () => await get('messages')));
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429]);
		expect(answers.find(({ status }) => status === 429)).toMatchObject({
			code: 'ApplicationThrottled',
			headers: { 'retry-after': '1' },
		});
	});
});
