import { createHash } from 'node:crypto';
import { ask, atLeast, download, eventually, read, referencesOf, refused, upload, type Target } from './plain';

/**
 * What the platform does with what the pack sends, rule by rule, with plain GraphQL: the same on a live platform and in the lab. Each was
 * seen on 7.260817.0, many on 6.4.11 and 6.1.13, too; `from` and `until` bound those that are not alike. A rule that was `read` in the
 * platform's source only, and not seen, says where.
 */
export interface Rule {
	name: string;
	from?: string;
	/** Not from this version on. */
	until?: string;
	/** Where in the platform's source it stands that nobody has seen on a live one yet. */
	read?: string;
	holds: (target: Target) => Promise<void>;
}

interface Made {
	id: string;
	standard_id: string;
	objectMarking: { definition: string }[] | null;
	x_opencti_stix_ids: string[];
}

const MADE = 'id standard_id x_opencti_stix_ids objectMarking { definition }';
export const AMBER = 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82';
export const STRICT = 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37';

const uuidOf = (text: string) => {
	const hex = createHash('sha256').update(text).digest('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
		'-',
	);
};

const domain = async (target: Target, value: string, more: object = {}) =>
	(
		await read<{ stixCyberObservableAdd: Made & { x_opencti_score: number | null } }>(
			target,
			`mutation D($value: String!, $objectMarking: [String], $x_opencti_score: Int) { stixCyberObservableAdd(
				type: "Domain-Name", DomainName: {value: $value}, objectMarking: $objectMarking, x_opencti_score: $x_opencti_score
			) { ${MADE} x_opencti_score } }`,
			{ value, ...more },
		)
	).stixCyberObservableAdd;
const address = async (target: Target, value: string) =>
	(
		await read<{ stixCyberObservableAdd: Made }>(
			target,
			`mutation A($value: String!) { stixCyberObservableAdd(type: "Email-Addr", EmailAddr: {value: $value}) { ${MADE} } }`,
			{ value },
		)
	).stixCyberObservableAdd;
const MESSAGE = `mutation M($EmailMessage: EmailMessageAddInput, $stix_id: StixId) { stixCyberObservableAdd(
	type: "Email-Message", EmailMessage: $EmailMessage, stix_id: $stix_id) { ${MADE} ... on EmailMessage { message_id } } }`;
const message = async (target: Target, EmailMessage: object, stix_id?: string) =>
	(await read<{ stixCyberObservableAdd: Made & { message_id: string } }>(target, MESSAGE, { EmailMessage, stix_id }))
		.stixCyberObservableAdd;
const RELATE = `mutation R($input: StixCoreRelationshipAddInput!) { stixCoreRelationshipAdd(input: $input) { ${MADE} } }`;
const relate = async (target: Target, input: object) =>
	(await read<{ stixCoreRelationshipAdd: Made }>(target, RELATE, { input })).stixCoreRelationshipAdd;
const PATCH = `mutation P($id: ID!, $input: [EditInput]!) { stixCyberObservableEdit(id: $id) { fieldPatch(input: $input) { id } } }`;
const byIds = (...values: string[]) => ({
	filters: { mode: 'and', filterGroups: [], filters: [{ key: ['ids'], operator: 'eq', mode: 'or', values }] },
});
const INDICATE = `mutation I($input: IndicatorAddInput!) { indicatorAdd(input: $input) { ${MADE} revoked valid_from valid_until x_opencti_score } }`;
interface Indicated extends Made {
	revoked: boolean;
	valid_from: string;
	valid_until: string;
	x_opencti_score: number;
}
const indicate = async (target: Target, value: string, more: object = {}) =>
	(
		await read<{ indicatorAdd: Indicated }>(target, INDICATE, {
			input: { name: value, pattern: `[domain-name:value = '${value}']`, pattern_type: 'stix', ...more },
		})
	).indicatorAdd;
const SIGHT = `mutation S($input: StixSightingRelationshipAddInput!) { stixSightingRelationshipAdd(input: $input) {
	id attribute_count last_seen objectMarking { definition } } }`;
interface Sighted {
	id: string;
	attribute_count: number;
	last_seen: string;
	objectMarking: unknown[];
}
const sight = async (target: Target, input: object) =>
	(await read<{ stixSightingRelationshipAdd: Sighted }>(target, SIGHT, { input })).stixSightingRelationshipAdd;
const organization = async (target: Target, name: string) =>
	(
		await read<{ identityAdd: Made }>(
			target,
			`mutation O($input: IdentityAddInput!) { identityAdd(input: $input) { ${MADE} } }`,
			{ input: { type: 'Organization', name } },
		)
	).identityAdd;

export const RULES: readonly Rule[] = [
	{
		name: 'the answer to a new relationship shows no markings, though they are stored; that to an upsert shows them',
		holds: async (target) => {
			const [one, two] = [
				await domain(target, `a.${target.run}.example`),
				await domain(target, `b.${target.run}.example`),
			];
			const input = { fromId: one.id, toId: two.id, relationship_type: 'related-to', objectMarking: [STRICT] };
			const first = await relate(target, input);
			expect(first.objectMarking).toEqual([]);
			const again = await relate(target, input);
			expect(again).toMatchObject({ id: first.id, objectMarking: [{ definition: 'TLP:AMBER+STRICT' }] });
			const { stixCoreRelationships } = await read<{ stixCoreRelationships: { edges: { node: Made }[] } }>(
				target,
				`query Q($filters: FilterGroup) { stixCoreRelationships(first: 500, filters: $filters) { edges { node { ${MADE} } } } }`,
				byIds(first.id),
			);
			expect(stixCoreRelationships.edges[0]!.node.objectMarking).toEqual([{ definition: 'TLP:AMBER+STRICT' }]);
		},
	},
	{
		name: 'a second sender by a reference of its own is refused',
		from: '7.0',
		holds: async (target) => {
			const [one, two] = [
				await address(target, `one@${target.run}.example`),
				await address(target, `two@${target.run}.example`),
			];
			const { id } = await message(target, { subject: `single ${target.run}` });
			const reference = (toId: string) => [
				`mutation F($input: StixRefRelationshipAddInput!) { stixRefRelationshipAdd(input: $input) { id } }`,
				{ input: { fromId: id, toId, relationship_type: 'from' } },
			];
			await read(target, ...(reference(one.id) as [string, object]));
			expect((await refused(target, ...(reference(two.id) as [string, object]))).message).toMatch(/single/);
			expect((await refused(target, ...(reference(one.id) as [string, object]))).message).toMatch(/single/);
		},
	},
	{
		name: 'a second sender by a reference of its own silently takes the place of the first',
		until: '6.5',
		holds: async (target) => {
			const [one, two] = [
				await address(target, `one@${target.run}.example`),
				await address(target, `two@${target.run}.example`),
			];
			const { id } = await message(target, { subject: `single ${target.run}` });
			for (const toId of [one.id, one.id, two.id]) {
				await read(
					target,
					`mutation F($input: StixRefRelationshipAddInput!) { stixRefRelationshipAdd(input: $input) { id } }`,
					{
						input: { fromId: id, toId, relationship_type: 'from' },
					},
				);
			}
			expect(await referencesOf(target, id)).toEqual([`from ${two.id}`]);
		},
	},
	{
		name: 'one edit links all addresses of a message, can be repeated, adds without removing, and ignores unknown ids',
		holds: async (target) => {
			const addresses = await Promise.all([1, 2, 3].map((n) => address(target, `to${n}@${target.run}.example`)));
			const [one, two, three] = addresses.map(({ id }) => id) as [string, string, string];
			const { id } = await message(target, { subject: `patch ${target.run}`, body: 'x' });
			const unknown = 'email-addr--00000000-0000-4000-8000-000000000000';
			const input = [
				{ key: 'emailFrom', value: [one], operation: 'replace' },
				{ key: 'emailTo', value: [two, unknown], operation: 'add' },
			];
			for (let run = 0; run < 2; run++) await read(target, PATCH, { id, input });
			await read(target, PATCH, { id, input: [{ key: 'emailTo', value: [three], operation: 'add' }] });
			expect(await referencesOf(target, id)).toEqual([`from ${one}`, `to ${two}`, `to ${three}`].sort());
			await read(target, PATCH, { id, input: [{ key: 'emailFrom', value: [two], operation: 'replace' }] });
			expect(await referencesOf(target, id)).toContain(`from ${two}`);
		},
	},
	{
		name: 'the names of STIX, and bodyRaw, are refused as keys of an edit',
		from: '7.0',
		holds: async (target) => {
			const { id } = await message(target, { subject: `keys ${target.run}` });
			for (const key of ['from', 'bodyRaw']) {
				expect((await refused(target, PATCH, { id, input: [{ key, value: [id] }] })).message).toBe(
					'You cannot update incompatible attribute',
				);
			}
		},
	},
	{
		name: 'relationsAdd on a message answers null and links nothing',
		from: '7.0',
		holds: async (target) => {
			const to = await address(target, `null@${target.run}.example`);
			const { id } = await message(target, { subject: `null ${target.run}` });
			const { data } = await ask<{ stixCyberObservableEdit: { relationsAdd: unknown } }>(
				target,
				`mutation X($id: ID!, $input: StixRefRelationshipsAddInput!) { stixCyberObservableEdit(id: $id) { relationsAdd(input: $input) { id } } }`,
				{ id, input: { toIds: [to.id], relationship_type: 'to' } },
			);
			expect(data?.stixCyberObservableEdit.relationsAdd ?? null).toBeNull();
			expect(await referencesOf(target, id)).toEqual([]);
		},
	},
	{
		name: 'messages are told apart by subject and text only; of one subject and text the latest gives Message-ID, and all ids find it',
		holds: async (target) => {
			const subject = `twins ${target.run}`;
			const ids = [1, 2].map(
				(n) => `email-message--0000000${n}-0000-5000-8000-${target.run.slice(-8).padStart(12, '0')}`,
			);
			const first = await message(target, { subject, body: 'a', message_id: '<1@example.org>' }, ids[0]);
			const other = await message(target, { subject, body: 'b', message_id: '<2@example.org>' });
			const again = await message(target, { subject, body: 'a', message_id: '<3@example.org>' }, ids[1]);
			expect(other.id).not.toBe(first.id);
			expect(again).toMatchObject({ id: first.id, message_id: '<3@example.org>' });
			expect(again.x_opencti_stix_ids).toEqual(expect.arrayContaining(ids));
		},
	},
	{
		name: 'a message without subject and text is refused',
		from: '7.0',
		holds: async (target) => {
			expect((await refused(target, MESSAGE, { EmailMessage: { message_id: '<4@example.org>' } })).message).toMatch(
				/^Missing required elements for Email-Message creation/,
			);
		},
	},
	{
		name: 'hundreds of objects are found by any of their ids in one request',
		holds: async (target) => {
			const made = await domain(target, `ids.${target.run}.example`);
			const { stixCoreObjects } = await read<{ stixCoreObjects: { edges: { node: Made }[] } }>(
				target,
				`query Q($filters: FilterGroup) { stixCoreObjects(first: 500, filters: $filters) { edges { node { ${MADE} } } } }`,
				byIds(
					made.standard_id,
					...Array.from(
						{ length: 299 },
						(_, n) => `domain-name--${String(n).padStart(8, '0')}-0000-5000-8000-000000000000`,
					),
				),
			);
			expect(stixCoreObjects.edges.map(({ node }) => node.id)).toEqual([made.id]);
		},
	},
	{
		name: 'an object that is made again takes the higher marking, and a score of later overwrites',
		holds: async (target) => {
			const value = `again.${target.run}.example`;
			const first = await domain(target, value, { objectMarking: [AMBER], x_opencti_score: 80 });
			const again = await domain(target, value, { objectMarking: [STRICT], x_opencti_score: 20 });
			expect(again).toMatchObject({
				id: first.id,
				x_opencti_score: 20,
				objectMarking: [{ definition: 'TLP:AMBER+STRICT' }],
			});
			expect((await domain(target, value, { objectMarking: [AMBER] })).objectMarking).toEqual([
				{ definition: 'TLP:AMBER+STRICT' },
			]);
		},
	},
	{
		name: 'what is no observable by the platform is refused; what looks odd and is one is taken',
		from: '7.0',
		holds: async (target) => {
			const add = `mutation V($type: String!, $DomainName: DomainNameAddInput, $EmailAddr: EmailAddrAddInput, $Url: UrlAddInput, $IPv4Addr: IPv4AddrAddInput, $IPv6Addr: IPv6AddrAddInput) {
				stixCyberObservableAdd(type: $type, DomainName: $DomainName, EmailAddr: $EmailAddr, Url: $Url, IPv4Addr: $IPv4Addr, IPv6Addr: $IPv6Addr) { id } }`;
			for (const variables of [
				{ type: 'Domain-Name', DomainName: { value: 'localhost' } },
				{ type: 'Email-Addr', EmailAddr: { value: 'nobody' } },
				{ type: 'Email-Addr', EmailAddr: { value: `jürgen@${target.run}.example` } },
			]) {
				expect((await refused(target, add, variables)).docCode).toBe('INCORRECT_OBSERVABLE_FORMAT');
			}
			for (const variables of [
				{ type: 'Domain-Name', DomainName: { value: `_dmarc.${target.run}.example` } },
				{ type: 'Email-Addr', EmailAddr: { value: `bounce+a=b@${target.run}.example` } },
				{ type: 'Url', Url: { value: `http://${target.run}.example/ü/${'x'.repeat(3_000)}` } },
				{ type: 'IPv4-Addr', IPv4Addr: { value: '198.51.100.0/24' } },
				{ type: 'IPv6-Addr', IPv6Addr: { value: '2001:DB8::AB' } },
			]) {
				await read(target, add, variables);
			}
		},
	},
	{
		name: 'files of one hash are one, whatever their names',
		holds: async (target) => {
			const add = `mutation F($StixFile: StixFileAddInput) { stixCyberObservableAdd(type: "StixFile", StixFile: $StixFile) { id } }`;
			const hash = Buffer.from(target.run.padEnd(32, '.')).toString('hex').slice(0, 64);
			const made = await Promise.all(
				['a.pdf', 'b.pdf'].map(async (name) => {
					const hashes = [{ algorithm: 'SHA-256', hash }];
					return read<{ stixCyberObservableAdd: { id: string } }>(target, add, { StixFile: { name, hashes } });
				}),
			);
			expect(new Set(made.map(({ stixCyberObservableAdd }) => stixCyberObservableAdd.id)).size).toBe(1);
		},
	},
	{
		name: 'one mutation field stands once in a document, others beside it; a query field twice',
		holds: async (target) => {
			const add = (alias: string, n: number) =>
				`${alias}stixCyberObservableAdd(type: "Domain-Name", DomainName: {value: "alias${n}.${target.run}.example"}) { id }`;
			expect((await refused(target, `mutation { ${add('a: ', 1)} ${add('b: ', 2)} }`)).message).toMatch(
				/^Allowed number of calls for Mutation->stixCyberObservableAdd has been exceeded \(max: 1\)/,
			);
			const input = `{type: Organization, name: "beside ${target.run}"}`;
			const both = await read<object>(target, `mutation { ${add('', 3)} identityAdd(input: ${input}) { id } }`);
			expect(Object.keys(both)).toEqual(['stixCyberObservableAdd', 'identityAdd']);
			expect(
				(await refused(target, '{ a: about { version } b: about { version } c: about { version } }')).message,
			).toMatch(/max: 2/);
		},
	},
	{
		name: 'an indicator has a score of 50, an end by decay, and is revoked when that is past',
		from: '7.0',
		holds: async (target) => {
			const old = await indicate(target, `old.${target.run}.example`, { valid_from: '2024-01-10T00:00:00Z' });
			expect(old).toMatchObject({ revoked: true, x_opencti_score: 50 });
			expect(Date.parse(old.valid_until)).toBeLessThan(Date.now());
			const fresh = await indicate(target, `new.${target.run}.example`, { valid_from: new Date().toISOString() });
			expect(fresh.revoked).toBe(false);
			const again = await indicate(target, `new.${target.run}.example`, { valid_from: '2024-01-10T00:00:00Z' });
			expect(again).toMatchObject({ id: fresh.id, revoked: false, valid_from: fresh.valid_from });
		},
	},
	{
		name: 'an older date moves an indicator back and can revoke it',
		from: '6.4',
		until: '6.5',
		holds: async (target) => {
			const fresh = await indicate(target, `new.${target.run}.example`, { valid_from: new Date().toISOString() });
			const again = await indicate(target, `new.${target.run}.example`, { valid_from: '2020-01-10T00:00:00Z' });
			expect(again).toMatchObject({ id: fresh.id, revoked: true });
		},
	},
	{
		name: 'what an indicator is based on is linked with its creation, and marked as it is',
		from: '7.0',
		holds: async (target) => {
			const observable = await domain(target, `based.${target.run}.example`);
			const { id } = await indicate(target, `based.${target.run}.example`, {
				basedOn: [observable.id],
				objectMarking: [STRICT],
			});
			const { stixCoreRelationships } = await read<{ stixCoreRelationships: { edges: { node: Made }[] } }>(
				target,
				`query Q($from: [String], $to: [String]) { stixCoreRelationships(fromId: $from, toId: $to, relationship_type: ["based-on"]) { edges { node { ${MADE} } } } }`,
				{ from: [id], to: [observable.id] },
			);
			expect(stixCoreRelationships.edges.map(({ node }) => node.objectMarking)).toEqual([
				[{ definition: 'TLP:AMBER+STRICT' }],
			]);
		},
	},
	{
		name: 'a sighting with the same ends and times takes the count, with others adds to it; an edit states it',
		from: '7.0',
		holds: async (target) => {
			const [seen, where] = [
				await domain(target, `seen.${target.run}.example`),
				await organization(target, `Org ${target.run}`),
			];
			const input = {
				fromId: seen.id,
				toId: where.id,
				first_seen: '2026-01-01T00:00:00Z',
				last_seen: '2026-01-02T00:00:00Z',
				objectMarking: [STRICT],
			};
			const first = await sight(target, { ...input, attribute_count: 3 });
			expect(await sight(target, { ...input, attribute_count: 5 })).toMatchObject({ id: first.id, attribute_count: 5 });
			const later = await sight(target, { ...input, last_seen: '2026-01-05T00:00:00Z', attribute_count: 2 });
			expect(later).toMatchObject({ id: first.id, attribute_count: 7, last_seen: '2026-01-05T00:00:00.000Z' });
			const edit = `mutation E($id: ID!, $input: [EditInput]!) { stixSightingRelationshipEdit(id: $id) { fieldPatch(input: $input) { attribute_count } } }`;
			const { stixSightingRelationshipEdit } = await read<{ stixSightingRelationshipEdit: { fieldPatch: object } }>(
				target,
				edit,
				{
					id: first.id,
					input: [{ key: 'attribute_count', value: [4] }],
				},
			);
			expect(stixSightingRelationshipEdit.fieldPatch).toEqual({ attribute_count: 4 });
			expect(
				await refused(target, SIGHT, { input: { fromId: seen.id, toId: null, attribute_count: 1 } }),
			).toBeDefined();
		},
	},
	{
		name: 'an incident without a date is another one each time, with name and date it is one',
		from: '7.0',
		holds: async (target) => {
			const add = async (input: object) =>
				(
					await read<{ incidentAdd: Made }>(
						target,
						`mutation N($input: IncidentAddInput!) { incidentAdd(input: $input) { ${MADE} } }`,
						{ input },
					)
				).incidentAdd.id;
			const name = `incident ${target.run}`;
			expect(await add({ name })).not.toBe(await add({ name }));
			const created = '2026-01-01T00:00:00Z';
			expect(await add({ name, created })).toBe(await add({ name, created }));
		},
	},
	{
		name: 'a note of the same text and date is one, and holds what it is about',
		holds: async (target) => {
			const about = await domain(target, `note.${target.run}.example`);
			const add = async () =>
				(
					await read<{ noteAdd: Made & { objects: { edges: { node: { id: string } }[] } } }>(
						target,
						`mutation N($input: NoteAddInput!) { noteAdd(input: $input) { ${MADE} objects { edges { node { ... on DomainName { id } } } } } }`,
						{ input: { content: `note ${target.run}`, created: '2026-01-01T00:00:00Z', objects: [about.id] } },
					)
				).noteAdd;
			const first = await add();
			expect((await add()).id).toBe(first.id);
			expect(first.objects.edges.map(({ node }) => node.id)).toEqual([about.id]);
		},
	},
	{
		name: 'an artifact is made of its bytes, once, and can be linked to a message and to a file',
		from: '7.0',
		holds: async (target) => {
			const bytes = Buffer.from(`bytes of ${target.run}`);
			const add = async () =>
				(
					await upload<{ artifactImport: Made & { importFiles: { edges: { node: { id: string } }[] } } }>(
						target,
						`mutation A($file: Upload!, $objectMarking: [String]) { artifactImport(file: $file, objectMarking: $objectMarking) {
							${MADE} hashes { algorithm hash } importFiles { edges { node { id } } } } }`,
						{ objectMarking: [STRICT] },
						{ name: 'a.bin', type: 'application/octet-stream', bytes },
					)
				).artifactImport;
			const first = await add();
			expect(first.objectMarking).toEqual([{ definition: 'TLP:AMBER+STRICT' }]);
			expect((await add()).id).toBe(first.id);
			const [file] = first.importFiles.edges;
			expect(file!.node.id).toMatch(/^import\/Artifact\//);
			expect((await download(target, file!.node.id)).equals(bytes)).toBe(true);
			const { id } = await message(target, { subject: `raw ${target.run}` });
			await read(target, PATCH, { id, input: [{ key: 'rawEmail', value: [first.id], operation: 'replace' }] });
			expect(await referencesOf(target, id)).toEqual([`raw-email ${first.id}`]);
		},
	},
	{
		name: 'one edit links the files of a message, the content of a file and what it contains, and can be repeated',
		from: '7.0',
		holds: async (target) => {
			const file = async (name: string) =>
				(
					await read<{ stixCyberObservableAdd: Made }>(
						target,
						`mutation F($StixFile: StixFileAddInput) { stixCyberObservableAdd(type: "StixFile", StixFile: $StixFile) { ${MADE} } }`,
						{ StixFile: { name: `${name} ${target.run}` } },
					)
				).stixCyberObservableAdd.id;
			const [outer, inner] = [await file('outer'), await file('inner')];
			const { artifactImport: artifact } = await upload<{ artifactImport: Made }>(
				target,
				`mutation A($file: Upload!) { artifactImport(file: $file) { ${MADE} } }`,
				{},
				{ name: 'c.bin', type: 'application/octet-stream', bytes: Buffer.from(`content ${target.run}`) },
			);
			const { id } = await message(target, { subject: `files ${target.run}` });
			for (let run = 0; run < 2; run++) {
				await read(target, PATCH, { id, input: [{ key: 'bodyMultipart', value: [outer], operation: 'add' }] });
				await read(target, PATCH, {
					id: outer,
					input: [
						{ key: 'obsContent', value: [artifact.id], operation: 'replace' },
						{ key: 'containsObservable', value: [inner, id], operation: 'add' },
					],
				});
			}
			expect(await referencesOf(target, id)).toEqual([`body-multipart ${outer}`]);
			expect(await referencesOf(target, outer)).toEqual(
				[`obs_content ${artifact.id}`, `contains ${inner}`, `contains ${id}`].sort(),
			);
		},
	},
	{
		name: 'a report that is made again gets objects added, and keeps text that is not sent',
		holds: async (target) => {
			const objects = [
				await domain(target, `r1.${target.run}.example`),
				await domain(target, `r2.${target.run}.example`),
			];
			const input = { name: `report ${target.run}`, published: '2026-01-01T00:00:00Z' };
			const add = async (more: object) =>
				(
					await read<{ reportAdd: { id: string; content: string; objects: { edges: { node: { id: string } }[] } } }>(
						target,
						`mutation R($input: ReportAddInput!) { reportAdd(input: $input) { id content objects { edges { node { ... on DomainName { id } } } } } }`,
						{ input: { ...input, ...more } },
					)
				).reportAdd;
			const first = await add({ content: '<p>a</p>', objects: [objects[0]!.id] });
			const again = await add({ objects: [objects[1]!.id] });
			expect(again).toMatchObject({ id: first.id, content: '<p>a</p>' });
			expect(again.objects.edges.map(({ node }) => node.id).sort()).toEqual(objects.map(({ id }) => id).sort());
			expect((await add({ content: '<p>b</p>' })).content).toBe('<p>b</p>');
		},
	},
	{
		// Read in the platform's source and in pycti, and not seen: `filtering-constants.ts` has a label's internal id in a filter.
		name: 'reports are found by the internal ids of their labels, any of several, the newest first; by a value of one, none',
		holds: async (target) => {
			const label = async (value: string) =>
				(
					await read<{ labelAdd: { id: string } }>(
						target,
						`mutation L($input: LabelAddInput!) { labelAdd(input: $input) { id } }`,
						{ input: { value } },
					)
				).labelAdd.id;
			const values = ['one', 'two'].map((word) => `similar-${word}:${target.run}`);
			const [one, two] = [await label(values[0]!), await label(values[1]!)];
			const add = async (name: string, published: string, objectLabel: string[]) =>
				(
					await read<{ reportAdd: { id: string } }>(
						target,
						`mutation R($input: ReportAddInput!) { reportAdd(input: $input) { id } }`,
						{ input: { name: `${name} ${target.run}`, published, objectLabel } },
					)
				).reportAdd.id;
			const old = await add('old', '2026-01-01T00:00:00Z', [one]);
			const young = await add('young', '2026-01-02T00:00:00Z', [one, two]);
			await add('other', '2026-01-03T00:00:00Z', []);
			const find = async (ids: string[]) =>
				(
					await read<{ reports: { edges: { node: { id: string } }[] } }>(
						target,
						`query F($filters: FilterGroup) { reports(first: 10, orderBy: published, orderMode: desc, filters: $filters) { edges { node { id } } } }`,
						{
							filters: {
								mode: 'and',
								filters: [{ key: ['objectLabel'], values: ids, operator: 'eq', mode: 'or' }],
								filterGroups: [],
							},
						},
					)
				).reports.edges.map(({ node }) => node.id);
			const both = await eventually(async () => {
				const ids = await find([one, two]);
				return ids.length < 2 ? undefined : ids;
			});
			expect(both).toEqual([young, old]);
			expect(await find([two])).toEqual([young]);
			expect(await find(values)).toEqual([]);
		},
	},
	{
		name: 'unknown ids are dropped in silence, but for the header that asks for an error',
		holds: async (target) => {
			const add = `mutation R($input: ReportAddInput!) { reportAdd(input: $input) { id objectMarking { id } } }`;
			const unknown = 'marking-definition--00000000-0000-4000-8000-000000000000';
			const input = { name: `dropped ${target.run}`, published: '2026-01-01T00:00:00Z', objectMarking: [unknown] };
			const { reportAdd } = await read<{ reportAdd: { objectMarking: unknown[] | null } }>(target, add, { input });
			expect(reportAdd.objectMarking ?? []).toEqual([]);
			const { code } = await refused(
				target,
				add,
				{ input: { ...input, name: `strict ${target.run}` } },
				{ 'opencti-retry-number': '1' },
			);
			expect(code).toBe('MISSING_REFERENCE_ERROR');
		},
	},
	{
		name: 'a relationship from an object to itself is refused',
		holds: async (target) => {
			const { id } = await domain(target, `self.${target.run}.example`);
			const input = { fromId: id, toId: id, relationship_type: 'related-to' };
			expect((await refused(target, RELATE, { input })).message).toMatch(/same source and target/);
		},
	},
	{
		name: 'of a queued bundle a definition of a marking is one error, and a custom reference ends the references of its message',
		from: '7.0',
		holds: async (target) => {
			const connectorId = uuidOf(`connector ${target.run}`);
			await read(target, 'mutation C($input: RegisterConnectorInput) { registerConnector(input: $input) { id } }', {
				input: { id: connectorId, name: `Suite ${target.run}`, type: 'EXTERNAL_IMPORT', scope: ['email'] },
			});
			const { workAdd } = await read<{ workAdd: { id: string } }>(
				target,
				'mutation W($connectorId: String!) { workAdd(connectorId: $connectorId, friendlyName: "Suite") { id } }',
				{ connectorId },
			);
			const [from, to] = ['from', 'to'].map((name) => ({
				type: 'email-addr',
				spec_version: '2.1',
				id: `email-addr--${uuidOf(`${name} ${target.run}`)}`,
				value: `queue-${name}@${target.run}.example`,
			}));
			const definition = {
				type: 'marking-definition',
				spec_version: '2.1',
				id: STRICT,
				created: '2022-10-01T00:00:00.000Z',
				name: 'TLP:AMBER+STRICT',
				definition_type: 'statement',
				definition: { statement: 'custom' },
				x_opencti_definition_type: 'TLP',
				x_opencti_definition: 'TLP:AMBER+STRICT',
			};
			const mail = {
				type: 'email-message',
				spec_version: '2.1',
				id: `email-message--${uuidOf(`queue ${target.run}`)}`,
				is_multipart: false,
				subject: `queue ${target.run}`,
				from_ref: from!.id,
				x_sender_ip_ref: from!.id,
				to_refs: [to!.id],
				object_marking_refs: [STRICT],
			};
			const bundle = {
				type: 'bundle',
				id: `bundle--${uuidOf(`bundle ${target.run}`)}`,
				objects: [definition, from, to, mail],
			};
			await read(
				target,
				'mutation B($connectorId: String!, $bundle: String!, $work_id: String) { stixBundlePush(connectorId: $connectorId, bundle: $bundle, work_id: $work_id) }',
				{ connectorId, bundle: JSON.stringify(bundle), work_id: workAdd.id },
			);
			await read(
				target,
				'mutation T($id: ID!) { workEdit(id: $id) { toProcessed(message: "sent", inError: false) } }',
				{
					id: workAdd.id,
				},
			);
			const look = 'query L($id: String!) { stixCyberObservable(id: $id) { id objectMarking { definition } } }';
			const { id, objectMarking } = await eventually(async () => {
				const { stixCyberObservable: found } = await read<{ stixCyberObservable: Made | null }>(target, look, {
					id: mail.id,
				});
				return found ?? undefined;
			});
			expect(objectMarking).toEqual([{ definition: 'TLP:AMBER+STRICT' }]);
			const errors = await eventually(async () => {
				const { work } = await read<{ work: { status: string; errors: { message: string }[] } }>(
					target,
					'query K($id: ID!) { work(id: $id) { status errors { message } } }',
					{ id: workAdd.id },
				);
				return work.status === 'complete' && work.errors.length > 1 ? work.errors : undefined;
			});
			expect(errors.map(({ message: text }) => text).join(' ')).toMatch(
				/Only stix-ref-relationship can be added .*got x-sender-ip/,
			);
			const linked = await referencesOf(target, id);
			expect(linked.map((reference) => reference.split(' ')[0])).toEqual(['from']);
		},
	},
	{
		name: 'draft workspaces are not available yet',
		from: '6.4',
		until: '6.5',
		holds: async (target) => {
			const add = `mutation W { draftWorkspaceAdd(input: {name: "draft ${target.run}"}) { id } }`;
			expect((await refused(target, add)).message).toMatch(/not yet available/i);
		},
	},
	{
		name: 'what one draft holds is made again in another and in live data, and is restricted in neither',
		from: '6.6',
		read: '`internalCreateEntityRaw` of database/middleware.ts looks up what is there by `buildDraftFilter` of database/draft-utils.ts',
		holds: async (target) => {
			const value = `drafts.${target.run}.example`;
			const make = async (draft: string) => {
				const { stixCyberObservableAdd: made } = await read<{ stixCyberObservableAdd: Made }>(
					target,
					`mutation D { stixCyberObservableAdd(type: "Domain-Name", DomainName: {value: "${value}"}) { ${MADE} } }`,
					{},
					{ 'opencti-draft-id': draft },
				);
				return made;
			};
			const drafts = [];
			for (const name of ['one', 'two']) {
				const { draftWorkspaceAdd } = await read<{ draftWorkspaceAdd: { id: string } }>(
					target,
					`mutation W { draftWorkspaceAdd(input: {name: "${name} ${target.run}"}) { id } }`,
				);
				drafts.push(draftWorkspaceAdd.id);
			}
			const made = [];
			for (const draft of [...drafts, '']) made.push(await make(draft));
			expect(new Set(made.map(({ id }) => id)).size).toBe(3);
			expect(new Set(made.map(({ standard_id }) => standard_id)).size).toBe(1);
			expect((await make(drafts[0]!)).id).toBe(made[0]!.id);
		},
	},
	{
		name: 'anything can be related to an incident, an indicator indicates it, and it uses a technique; not the other way round',
		read: '`stixCoreRelationshipsMapping` and `checkStixCoreRelationshipMapping` of database/stix.ts',
		holds: async (target) => {
			const { incidentAdd: incident } = await read<{ incidentAdd: Made }>(
				target,
				`mutation N($input: IncidentAddInput!) { incidentAdd(input: $input) { ${MADE} } }`,
				{ input: { name: `related ${target.run}`, created: '2026-01-01T00:00:00Z' } },
			);
			const observable = await domain(target, `related.${target.run}.example`);
			const indicator = await indicate(target, `related.${target.run}.example`);
			const { attackPatternAdd: technique } = await read<{ attackPatternAdd: Made }>(
				target,
				`mutation T($input: AttackPatternAddInput!) { attackPatternAdd(input: $input) { ${MADE} } }`,
				{ input: { name: `Technique ${target.run}`, x_mitre_id: 'T1566.002' } },
			);
			const between = (fromId: string, toId: string, relationship_type: string) => ({
				fromId,
				toId,
				relationship_type,
			});
			await relate(target, between(observable.id, incident.id, 'related-to'));
			await relate(target, between(indicator.id, incident.id, 'related-to'));
			await relate(target, between(indicator.id, incident.id, 'indicates'));
			await relate(target, between(incident.id, technique.id, 'uses'));
			for (const input of [
				between(observable.id, incident.id, 'indicates'),
				between(technique.id, incident.id, 'uses'),
			]) {
				expect((await refused(target, RELATE, { input })).message).toMatch(/not allowed between/);
			}
		},
	},
	{
		name: 'observed data of the same objects is one: its times grow, and its number with them; the same said twice counts once',
		read: '`upsertElement` of database/middleware.ts, and the identifiers of schema/identifier.js',
		holds: async (target) => {
			const seen = await domain(target, `observed.${target.run}.example`);
			const add = async (first_observed: string, number_observed: number) =>
				(
					await read<{ observedDataAdd: Made & { first_observed: string; number_observed: number } }>(
						target,
						`mutation O($input: ObservedDataAddInput!) { observedDataAdd(input: $input) { ${MADE} first_observed number_observed } }`,
						{ input: { objects: [seen.id], first_observed, last_observed: '2026-03-01T00:00:00Z', number_observed } },
					)
				).observedDataAdd;
			const first = await add('2026-02-01T00:00:00Z', 1);
			expect(await add('2026-02-01T00:00:00Z', 1)).toMatchObject({ id: first.id, number_observed: 1 });
			expect(await add('2026-01-01T00:00:00Z', 2)).toMatchObject({
				id: first.id,
				first_observed: '2026-01-01T00:00:00.000Z',
				number_observed: 3,
			});
		},
	},
	{
		name: 'a technique is known by its ATT&CK id, whatever its name, and an account or a key of the registry by what it is called',
		read: 'schema/identifier.js',
		holds: async (target) => {
			const technique = async (name: string) =>
				(
					await read<{ attackPatternAdd: Made }>(
						target,
						`mutation T($input: AttackPatternAddInput!) { attackPatternAdd(input: $input) { ${MADE} } }`,
						{ input: { name, x_mitre_id: 'T1598.003' } },
					)
				).attackPatternAdd.id;
			expect(await technique(`One ${target.run}`)).toBe(await technique(`Other ${target.run}`));
			const add = `mutation V($type: String!, $UserAccount: UserAccountAddInput, $WindowsRegistryKey: WindowsRegistryKeyAddInput) {
				stixCyberObservableAdd(type: $type, UserAccount: $UserAccount, WindowsRegistryKey: $WindowsRegistryKey) { ${MADE} } }`;
			for (const variables of [
				{ type: 'User-Account', UserAccount: { account_login: `user-${target.run}` } },
				{ type: 'Windows-Registry-Key', WindowsRegistryKey: { attribute_key: `HKLM\\Software\\${target.run}` } },
			]) {
				const ids = [];
				for (let time = 0; time < 2; time++) {
					ids.push((await read<{ stixCyberObservableAdd: Made }>(target, add, variables)).stixCyberObservableAdd.id);
				}
				expect(ids[0]).toBe(ids[1]);
			}
		},
	},
	{
		name: 'what a draft changes of something live is changed in that draft only, under the same id',
		from: '6.6',
		read: '`loadDraftElement` and `copyLiveElementToDraft` of database/engine.ts',
		holds: async (target) => {
			const { draftWorkspaceAdd } = await read<{ draftWorkspaceAdd: { id: string } }>(
				target,
				`mutation W { draftWorkspaceAdd(input: {name: "changes ${target.run}"}) { id } }`,
			);
			const inDraft = { 'opencti-draft-id': draftWorkspaceAdd.id };
			const live = { 'opencti-draft-id': '' };
			const value = `changed.${target.run}.example`;
			const theirs = await domain(target, value);
			const add = `mutation D { stixCyberObservableAdd(type: "Domain-Name", x_opencti_score: 80,
				DomainName: {value: "${value}"}, objectMarking: ["${AMBER}"]) { ${MADE} } }`;
			const { stixCyberObservableAdd: again } = await read<{ stixCyberObservableAdd: Made }>(target, add, {}, inDraft);
			expect(again).toMatchObject({ id: theirs.id, objectMarking: [{ definition: 'TLP:AMBER' }] });
			const mail = await message(target, { subject: `Changed ${target.run}` });
			const link = `mutation L($id: ID!, $input: [EditInput]!) { stixCyberObservableEdit(id: $id) { fieldPatch(input: $input) { id } } }`;
			const to = await address(target, `changed@${target.run}.example`);
			await read(target, link, { id: mail.id, input: [{ key: 'emailTo', value: [to.id], operation: 'add' }] }, inDraft);
			expect(await referencesOf(target, mail.id)).toEqual([]);
			const look = `query L($id: String!) { stixCyberObservable(id: $id) { x_opencti_score objectMarking { definition } } }`;
			const seen = async (headers: object) =>
				(await read<{ stixCyberObservable: object }>(target, look, { id: theirs.id }, headers)).stixCyberObservable;
			expect(await seen(live)).toEqual({ x_opencti_score: null, objectMarking: [] });
			expect(await seen(inDraft)).toEqual({ x_opencti_score: 80, objectMarking: [{ definition: 'TLP:AMBER' }] });
		},
	},
	{
		name: 'what is made in a draft is not among live data',
		from: '6.6',
		holds: async (target) => {
			const { draftWorkspaceAdd } = await read<{ draftWorkspaceAdd: { id: string } }>(
				target,
				`mutation W { draftWorkspaceAdd(input: {name: "draft ${target.run}"}) { id } }`,
			);
			const inDraft = { 'opencti-draft-id': draftWorkspaceAdd.id };
			const value = `draft.${target.run}.example`;
			const { stixCyberObservableAdd: made } = await read<{ stixCyberObservableAdd: Made }>(
				target,
				`mutation D { stixCyberObservableAdd(type: "Domain-Name", DomainName: {value: "${value}"}) { ${MADE} } }`,
				{},
				inDraft,
			);
			const look = `query L($id: String!) { stixCyberObservable(id: $id) { id } }`;
			expect(await read(target, look, { id: made.id }, { 'opencti-draft-id': '' })).toEqual({
				stixCyberObservable: null,
			});
			expect(await read(target, look, { id: made.id }, inDraft)).toEqual({ stixCyberObservable: { id: made.id } });
		},
	},
];

/** Those that hold on a version. */
export const rulesOf = (version: string): Rule[] =>
	RULES.filter(
		({ from, until }) =>
			(from === undefined || atLeast(version, from)) && (until === undefined || !atLeast(version, until)),
	);
