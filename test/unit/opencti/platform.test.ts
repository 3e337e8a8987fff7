import { closeWorlds, world } from './world';
import type { LabOptions } from '../../lab/opencti';
import { LAB_TOKEN } from '../../lab/opencti';
import type { Row } from '../../lab/opencti/store';

afterEach(closeWorlds);

/** The lab, spoken to without the client: what it refuses, a client that does it would be found out by. */
async function raw(options: LabOptions = {}) {
	const { lab } = await world(options);
	const post = async (body: unknown, headers: Record<string, string> = {}) => {
		const answer = await fetch(`${lab.url}/graphql`, {
			method: 'POST',
			headers: { authorization: `Bearer ${LAB_TOKEN}`, 'content-type': 'application/json', ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		return { status: answer.status, body: (await answer.json()) as Row };
	};
	return { lab, post };
}

const ADD =
	'mutation ($i: ReportAddInput!) { reportAdd(input: $i) { id standard_id published objectMarking { definition } } }';
const input = { name: 'Test Report', published: '2025-04-16T12:10:10+02:00' };

it.each([
	['an unknown field', { query: '{ about { nothing } }' }, 'GRAPHQL_VALIDATION_FAILED'],
	['a syntax error', { query: '{ about {' }, 'GRAPHQL_PARSE_FAILED'],
	['introspection', { query: '{ __schema { types { name } } }' }, 'GRAPHQL_VALIDATION_FAILED'],
	[
		'a mutation twice in a document',
		{
			query: 'mutation ($i: ReportAddInput!) { a: reportAdd(input: $i) { id } b: reportAdd(input: $i) { id } }',
			variables: { i: input },
		},
		'GRAPHQL_VALIDATION_FAILED',
	],
	['an unknown field of an input', { query: ADD, variables: { i: { ...input, foo: 1 } } }, 'BAD_USER_INPUT'],
	['a missing field of an input', { query: ADD, variables: { i: { name: 'ab' } } }, 'BAD_USER_INPUT'],
	['a date without time', { query: ADD, variables: { i: { ...input, published: '2025-01-01' } } }, 'BAD_USER_INPUT'],
	[
		'a date without zone',
		{ query: ADD, variables: { i: { ...input, published: '2025-01-01T00:00:00' } } },
		'BAD_USER_INPUT',
	],
	['a STIX id that is none', { query: ADD, variables: { i: { ...input, stix_id: 'zzz' } } }, 'BAD_USER_INPUT'],
	['a name of one character', { query: ADD, variables: { i: { ...input, name: 'a' } } }, 'BAD_USER_INPUT'],
	['a blank name', { query: ADD, variables: { i: { ...input, name: '   ' } } }, 'BAD_USER_INPUT'],
	[
		'an unknown filter key',
		{
			query: 'query ($f: FilterGroup) { labels(filters: $f) { edges { node { id } } } }',
			variables: { f: { mode: 'and', filters: [{ key: ['colour'], values: ['x'] }], filterGroups: [] } },
		},
		'UNSUPPORTED_ERROR',
	],
	[
		'a filter without groups',
		{
			query: 'query ($f: FilterGroup) { labels(filters: $f) { edges { node { id } } } }',
			variables: { f: { mode: 'and', filters: [] } },
		},
		'BAD_USER_INPUT',
	],
])('the lab answers %s with HTTP 200 and an error', async (_what, body, code) => {
	const { lab, post } = await raw();
	const answer = await post(body);
	expect(answer.status).toBe(200);
	expect(answer.body.errors[0]).toMatchObject({ name: code, extensions: { code } });
	expect(lab.snapshot().reports).toEqual([]);
});

it('the lab, like the platform, drops an unknown marking in silence unless it is asked to refuse', async () => {
	const { lab, post } = await raw();
	const variables = { i: { ...input, objectMarking: ['marking-definition--00000000-0000-4000-8000-000000000000'] } };
	const refused = await post({ query: ADD, variables }, { 'opencti-retry-number': '1' });
	expect(refused.body.errors[0].name).toBe('MISSING_REFERENCE_ERROR');
	const silent = await post({ query: ADD, variables });
	expect(silent.body.data.reportAdd).toMatchObject({
		standard_id: 'report--0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
		published: '2025-04-16T10:10:10.000Z',
		objectMarking: [],
	});
	expect(lab.snapshot().reports).toHaveLength(1);
});

it('the lab takes POST of one JSON operation and nothing else', async () => {
	const { lab, post } = await raw();
	expect((await fetch(`${lab.url}/graphql`)).status).toBe(405);
	expect((await post([{ query: '{ about { version } }' }])).status).toBe(400);
	expect((await post('{')).status).toBe(500);
	expect((await post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(400);
	expect(
		(await post({ query: '{ about { version } }' }, { authorization: `bearer ${LAB_TOKEN}` })).body.errors[0].name,
	).toBe('AUTH_REQUIRED');
	const page = await fetch(`${lab.url}/elsewhere`);
	expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
});

const OPERATIONS = JSON.stringify({
	query: 'mutation ($f: Upload!) { uploadImport(file: $f) { id } }',
	variables: { f: null },
});

it.each([
	['the map before the operations', ['map', 'operations', '0'], 'Missing multipart field'],
	['the file before the map', ['operations', '0', 'map'], 'Misordered multipart fields'],
])('the lab refuses a multipart request with %s', async (_what, order, text) => {
	const { lab } = await raw();
	const form = new FormData();
	for (const name of order) {
		if (name === 'operations') form.append(name, OPERATIONS);
		else if (name === 'map') form.append(name, '{"0":["variables.f"]}');
		else form.append(name, new Blob(['x']), 'a.txt');
	}
	const answer = await fetch(`${lab.url}/graphql`, {
		method: 'POST',
		headers: { authorization: `Bearer ${LAB_TOKEN}` },
		body: form,
	});
	expect(answer.status).toBe(500);
	expect(((await answer.json()) as { error: string }).error).toContain(text);
});

it('the lab refuses multipart operations above a million bytes', async () => {
	const { lab } = await raw();
	const form = new FormData();
	form.append(
		'operations',
		JSON.stringify({ query: '{ about { version } }', variables: { x: 'a'.repeat(1_000_000) } }),
	);
	const answer = await fetch(`${lab.url}/graphql`, {
		method: 'POST',
		headers: { authorization: `Bearer ${LAB_TOKEN}` },
		body: form,
	});
	expect(answer.status).toBe(500);
	expect(((await answer.json()) as { error: string }).error).toContain('1000000 byte size limit');
});

it('files are given to those who are logged in, and only while they are there', async () => {
	const { lab } = await raw();
	const file = lab.store.putFile('import/global', 'A.txt', Buffer.from('x'), []);
	expect(file.id).toBe('import/global/a.txt');
	expect((await fetch(`${lab.url}/storage/get/${file.id}`)).status).toBe(403);
	const headers = { authorization: `Bearer ${LAB_TOKEN}` };
	expect(await (await fetch(`${lab.url}/storage/get/${file.id}`, { headers })).text()).toBe('x');
	expect((await fetch(`${lab.url}/storage/get/import/global/b.txt`, { headers })).status).toBe(503);
});

it('two uploads to one object at the same time: one of them meets the lock', async () => {
	const { lab, post } = await raw();
	const { body } = await post({ query: ADD, variables: { i: input } });
	const upload = async (name: string) => {
		const form = new FormData();
		const query =
			'mutation ($id: ID!, $f: Upload!) { stixDomainObjectEdit(id: $id) { importPush(file: $f, noTriggerImport: true) { id } } }';
		form.append('operations', JSON.stringify({ query, variables: { id: body.data.reportAdd.id, f: null } }));
		form.append('map', '{"0":["variables.f"]}');
		form.append('0', new Blob(['x']), name);
		const users = { authorization: `Bearer ${LAB_TOKEN}` };
		return (await (await fetch(`${lab.url}/graphql`, { method: 'POST', headers: users, body: form })).json()) as {
			errors?: { name: string }[];
		};
	};
	lab.store.find(body.data.reportAdd.id)!.locked = true;
	expect((await upload('a.txt')).errors?.map(({ name }) => name)).toEqual(['LOCK_ERROR']);
	lab.store.find(body.data.reportAdd.id)!.locked = false;
	expect((await upload('a.txt')).errors).toBeUndefined();
});
