import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Email } from '../../lib/email';
import type { Indicator } from '../../lib/indicators';
import {
	caseFromEmail,
	draftFile,
	huntFindings,
	OpenCtiClient,
	reportFromEmail,
	type BundleReportResult,
	type DirectImportResult,
	type OpenCtiClientOptions,
} from '../../lib/opencti';
import { emailToBundle, stixId, type AnyBundle } from '../../lib/stix';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { execute, FakeCredentials, made, node } from '../engine/engine';
import { attachment, email } from '../unit/opencti/messages';
import { atLeast, download, eventually, read, referencesOf, type Target } from './plain';

/**
 * Every operation of the library and of the node against a platform, each twice, and what is there then, read with plain GraphQL. The
 * same for a live platform and for the lab: equal answers.
 */
export function platformSuite(targetOf: () => Target): void {
	const open: OpenCtiClient[] = [];
	const client = (options: Partial<OpenCtiClientOptions> = {}) => {
		const { url, token } = targetOf();
		const made = new OpenCtiClient({ url, token, ...options });
		open.push(made);
		return made;
	};
	afterEach(async () => {
		await Promise.all(open.splice(0).map((one) => one.close()));
	});

	describe('the library', () => {
		it('logs in and says what the user may do', async () => {
			const { version } = targetOf();
			expect(await client().test()).toMatchObject({ version, missingCapabilities: [] });
		});

		it('makes a report with files, byte for byte, once', async () => {
			const message = mailOf(targetOf(), 'files', { attachments: [PDF, CSV] });
			const draft = reportFromEmail(message, { marking: ['amber'], labels: ['Suite'], confidence: 40 });
			const first = await client().createReport(draft);
			expect(first).toMatchObject({ created: true, complete: true, markings: ['TLP:AMBER'] });
			const again = await client().createReport(draft);
			expect(again).toMatchObject({ id: first.id, created: false, complete: true, warnings: [] });
			expect(again.files.map(({ status }) => status)).toEqual(['present', 'present']);
			const stored = await reportOn(targetOf(), first.id);
			expect(stored).toMatchObject({ standard_id: draft.standardId, name: draft.name, confidence: 40 });
			expect(definitions(stored)).toEqual(['TLP:AMBER']);
			expect(stored.content).toBe(draft.content);
			expect(stored.externalReferences.edges.map(({ node: { external_id } }) => external_id)).toEqual([
				message.messageId,
			]);
			const files = stored.importFiles.edges.map(({ node: file }) => file);
			expect(files).toHaveLength(2);
			for (const { id, name, metaData } of files) {
				const given = draft.files.find((file) => file.name.toLowerCase() === name.toLowerCase());
				expect([name, (await download(targetOf(), id)).equals(given!.content)]).toEqual([name, true]);
				expect([name, metaData.file_markings?.length]).toEqual([name, 1]);
			}
		});

		it('makes a report with what was found: objects, recipients, relationships, all marked, all once', async () => {
			const message = mailOf(targetOf(), 'objects', { cc: [{ address: `cc@${targetOf().run}.example` }] });
			const first = await withObjects(client(), message);
			expect(unsettled(first)).toEqual([]);
			expect(first).toMatchObject({ created: true, complete: true });
			const again = await withObjects(client(), message);
			expect(again).toMatchObject({ id: first.id, created: false, complete: true });
			expect(again.objects.every(({ existed }) => existed === true)).toBe(true);
			const stored = await reportOn(targetOf(), first.id);
			const held = stored.objects.edges.map(({ node: object }) => object);
			const types = held.map(({ entity_type, relationship_type }) => relationship_type ?? entity_type).sort();
			expect(types).toEqual(
				[
					'Domain-Name',
					'Email-Addr',
					'Email-Addr',
					'Email-Addr',
					'Email-Message',
					'IPv4-Addr',
					'Indicator',
					'Indicator',
					'Indicator',
					'Observed-Data',
					'Url',
					...types.filter((type) => /^(?:related-to|based-on)$/.test(type)),
				].sort(),
			);
			expect(types.filter((type) => type === 'based-on')).toHaveLength(6);
			for (const object of held)
				expect([object.entity_type, definitions(object)]).toEqual([object.entity_type, ['TLP:AMBER+STRICT']]);
			const [found] = held.filter(({ entity_type }) => entity_type === 'Email-Message');
			expect(await addressesOf(targetOf(), found!.id)).toEqual([
				`cc cc@${targetOf().run}.example`,
				`from sender@${targetOf().run}.example`,
				`to soc@${targetOf().run}.example`,
			]);
		});

		it('eight runs of one mail at once give one report, one message and one sender', async () => {
			const message = mailOf(targetOf(), 'eight');
			const runs = await Promise.all(Array.from({ length: 8 }, () => withObjects(client(), message)));
			expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
			expect(runs.flatMap(unsettled)).toEqual([]);
			const stored = await reportOn(targetOf(), runs[0]!.id);
			const mails = stored.objects.edges.filter(({ node: { entity_type } }) => entity_type === 'Email-Message');
			expect(mails).toHaveLength(1);
			const addresses = await addressesOf(targetOf(), mails[0]!.node.id);
			expect(addresses.filter((address) => address.startsWith('from '))).toHaveLength(1);
		});

		it('completes what a run left that was cut off in the middle', async () => {
			const message = mailOf(targetOf(), 'cut', { attachments: [PDF] });
			const cutting = await cutAfter(targetOf().url, 14);
			await expect(withObjects(client({ url: cutting.url, maxTries: 1 }), message)).rejects.toMatchObject({
				code: 'OPENCTI_UNAVAILABLE',
			});
			await cutting.close();
			const result = await withObjects(client(), message);
			expect(unsettled(result)).toEqual([]);
			expect(result.complete).toBe(true);
			const stored = await reportOn(targetOf(), result.id);
			for (const { node: object } of stored.objects.edges) expect(definitions(object)).toEqual(['TLP:AMBER+STRICT']);
		});

		it('keeps mails of one subject apart by their texts, and the first sender where the text is one', async () => {
			const { run } = targetOf();
			const subject = `Invoice ${run}`;
			const of = (name: string, text: string) =>
				mailOf(targetOf(), name, { subject, text, from: [{ address: `${name}@${run}.example` }], date: dateOf(name) });
			const results = [];
			for (const message of [of('a', 'one'), of('b', 'two'), of('c', 'one')]) {
				results.push(await withObjects(client(), message));
			}
			expect(results.flatMap(unsettled)).toEqual([]);
			const mails = results.map(({ objects }) => objects.find(({ type }) => type === 'email-message')!.id!);
			expect(mails[1]).not.toBe(mails[0]);
			expect(mails[2]).toBe(mails[0]);
			expect(await addressesOf(targetOf(), mails[0]!)).toContain(`from a@${run}.example`);
			expect(results[2]!.warnings.map(({ code }) => code)).toContain('message-shared');
		});

		it('links a message to its bytes and its files, and files to theirs, once', async () => {
			if (!atLeast(targetOf().version, '7.0')) return;
			const { run } = targetOf();
			const file = attachment('linked.pdf', 'application/pdf', `%PDF of ${run}`);
			const raw = rawOf(targetOf(), 'linked', '');
			const message = mailOf(targetOf(), 'linked', { attachments: [file], isMultipart: true, raw });
			const include = { artifacts: true, rawEmail: true };
			const bundle = emailToBundle(message, { indicators: [], include }) as unknown as AnyBundle;
			for (let time = 0; time < 2; time++) {
				const result = await client().createReportFromBundle(bundle, { draft: reportFromEmail(message) });
				expect([result.complete, unsettled(result)]).toEqual([true, []]);
				const [mail, stored] = ['email-message', 'file'].map(
					(wanted) => result.objects.find(({ type }) => type === wanted)!.id!,
				);
				const names = (references: string[]) => references.map((reference) => reference.split(' ')[0]);
				expect(names(await referencesOf(targetOf(), mail!))).toEqual(['body-multipart', 'from', 'raw-email', 'to']);
				expect(names(await referencesOf(targetOf(), stored!))).toEqual(['obs_content']);
			}
		});

		it('says on new observables what they are in the message, and leaves those of others as they are', async () => {
			const { run } = targetOf();
			const [ours, theirs] = [`ours.${run}.example`, `theirs.${run}.example`];
			await read(
				targetOf(),
				`mutation D { stixCyberObservableAdd(type: "Domain-Name", DomainName: {value: "${theirs}"}, x_opencti_score: 30) { id } }`,
			);
			const message = mailOf(targetOf(), 'roles', { text: `See hxxp://${ours}/ and hxxp://${theirs}/` });
			for (let time = 0; time < 2; time++) {
				const result = await client().createReportFromEmail(message, { contents: 'observables' });
				expect([result.complete, 'objects' in result ? unsettled(result) : []]).toEqual([true, []]);
			}
			const domain = async (value: string) => {
				const { stixCyberObservable: found } = await read<{
					stixCyberObservable: Record<'x_opencti_score' | 'x_opencti_description', unknown> & {
						objectLabel: { value: string }[] | null;
					};
				}>(
					targetOf(),
					`query O($id: String!) { stixCyberObservable(id: $id) {
						x_opencti_score x_opencti_description objectLabel { value } } }`,
					{ id: stixId('domain-name', { value }) },
				);
				const labels = (found.objectLabel ?? []).map((label) => label.value).sort();
				return [found.x_opencti_score, labels, found.x_opencti_description ?? ''];
			};
			expect(await domain(ours)).toEqual([80, ['email:text'], expect.stringMatching(/^In an email: in the text\./)]);
			expect(await domain(theirs)).toEqual([30, [], '']);
		});

		it('finds a report by its message, its name and date, and its id', async () => {
			const message = mailOf(targetOf(), 'find');
			const { id, standardId, name } = await client().createReport(reportFromEmail(message));
			for (const query of [
				{ messageId: message.messageId! },
				{ name, published: message.date! },
				{ id },
				{ id: standardId },
			]) {
				expect((await client().findReports(query)).map((report) => report.id)).toEqual([id]);
			}
			expect(await client().findReports({ messageId: `<nobody@${targetOf().run}.example>` })).toEqual([]);
		});

		it('opens a case, adds its reply, and neither twice', async () => {
			const first = mailOf(targetOf(), 'case');
			const reply = mailOf(targetOf(), 'reply', { inReplyTo: first.messageId!, references: [first.messageId!] });
			const open = [];
			for (const message of [first, reply, first, reply]) {
				open.push(await client().createIncidentCase(caseFromEmail(message)));
			}
			expect(new Set(open.map(({ id }) => id)).size).toBe(1);
			expect(open.map(({ appended }) => appended)).toEqual([false, true, false, false]);
			const { caseIncident } = await read<{ caseIncident: Stored & { content: string } }>(
				targetOf(),
				`query C($id: String!) { caseIncident(id: $id) { content objectMarking { definition } } }`,
				{ id: open[0]!.id },
			);
			for (const { messageId } of [first, reply]) {
				expect(caseIncident.content.split(messageId!.slice(1, -1))).toHaveLength(2);
			}
			expect(definitions(caseIncident)).toEqual(['TLP:AMBER+STRICT']);
		});

		it('makes an incident once, with its files, and relates to it what was found', async () => {
			const message = mailOf(targetOf(), 'incident', { attachments: [PDF] });
			const bundle = bundleOf(message, INDICATORS(targetOf()));
			const make = () =>
				client().createIncidentFromEmail(message, { bundle, incidentType: 'phishing', severity: 'high' });
			const first = await make();
			expect(unsettled({ objects: first.objects ?? [] })).toEqual([]);
			expect(first).toMatchObject({
				created: true,
				complete: true,
				severity: 'high',
				counts: { incident: { created: 1 } },
			});
			const again = await make();
			expect(again).toMatchObject({ id: first.id, created: false, complete: true, counts: { incident: { found: 1 } } });
			expect(Object.values(again.counts).filter(({ created, refused }) => created + refused > 0)).toEqual([]);
			const incident = await incidentOn(targetOf(), first.id);
			expect(definitions(incident)).toEqual(['TLP:AMBER+STRICT']);
			expect(incident).toMatchObject({ incident_type: 'phishing', severity: 'high', source: 'Email' });
			expect(incident.importFiles.edges).toHaveLength(1);
			const links = await linksOf(targetOf(), first.id);
			expect(links).toEqual(
				[
					'Domain-Name related-to',
					// Whom it went to is left out.
					'Email-Addr related-to',
					'Email-Message related-to',
					'IPv4-Addr related-to',
					'Indicator indicates',
					'Indicator indicates',
					'Indicator indicates',
					'Observed-Data related-to',
					'StixFile related-to',
					'Url related-to',
				].map((link) => `${link} TLP:AMBER+STRICT`),
			);
		});

		it('opens a case that holds what was found, once', async () => {
			const message = mailOf(targetOf(), 'casefull');
			const bundle = bundleOf(message, INDICATORS(targetOf()));
			const first = await client().createCaseFromEmail(message, { bundle });
			expect(first).toMatchObject({ created: true, complete: true, counts: { 'case-incident': { created: 1 } } });
			const again = await client().createCaseFromEmail(message, { bundle });
			expect(again).toMatchObject({ id: first.id, created: false, complete: true });
			const { caseIncident } = await read<{ caseIncident: Pick<StoredReport, 'objects'> }>(
				targetOf(),
				`query C($id: String!) { caseIncident(id: $id) { objects(first: 200, all: true) { edges { node {
					... on BasicObject { id entity_type } ... on StixCoreObject { objectMarking { definition } } } } } } }`,
				{ id: first.id },
			);
			const types = caseIncident.objects.edges.map(({ node: { entity_type } }) => entity_type);
			expect(types).toEqual(expect.arrayContaining(['Domain-Name', 'Url', 'Indicator', 'Email-Message']));
		});

		it.each(['report', 'case', 'incident'] as const)(
			'adds a note, findings and a file to a %s, marked as it is, once, and changes nothing of it',
			async (kind) => {
				const message = mailOf(targetOf(), `add ${kind}`, { messageId: `<add-${kind}@${targetOf().run}.example>` });
				const one = client();
				const options = { marking: 'amber' };
				const { id } =
					kind === 'report'
						? await one.createReportFromEmail(message, options)
						: kind === 'case'
							? await one.createCaseFromEmail(message, options)
							: await one.createIncidentFromEmail(message, options);
				const file = draftFile({ content: Buffer.from('a,b\n'), contentType: 'text/csv', fileName: 'rows.csv' });
				const term = `domain-name:value = 'added-${kind}.${targetOf().run}.example'`;
				const found = huntFindings({
					matches: 1,
					rows: [{ receivedAt: '2026-01-01T00:00:00.000Z', subject: 'Quota', matchedBy: [term] }],
				})!;
				const add = () =>
					one.addTo(id, { notes: [{ content: `Note of ${targetOf().run} ${kind}` }], hunts: [found], files: [file] });
				const before = await stateOn(targetOf(), id);
				const first = await add();
				expect(unsettled(first)).toEqual([]);
				expect(first).toMatchObject({ complete: true, counts: { note: { created: 2 }, sighting: { created: 1 } } });
				const again = await add();
				expect(again).toMatchObject({ complete: true, counts: { note: { found: 2 }, sighting: { found: 1 } } });
				expect(again.files).toMatchObject([{ status: 'present' }]);
				expect(await stateOn(targetOf(), id)).toEqual(before);
				const noteIds = first.objects.flatMap((object) => (object.type === 'note' ? object.id! : []));
				for (const noteId of noteIds) {
					const { note } = await read<{ note: Stored & { objects: { edges: { node: { id: string } }[] } } }>(
						targetOf(),
						`query N($id: String) { note(id: $id) { objectMarking { definition } objects { edges { node { ... on BasicObject { id } } } } } }`,
						{ id: noteId },
					);
					expect(definitions(note)).toEqual(['TLP:AMBER']);
					expect(note.objects.edges.map(({ node: { id: held } }) => held)).toEqual([id]);
				}
			},
		);

		it('imports techniques, accounts and keys of the registry, and observed data of STIX 2.0, once', async () => {
			const { run } = targetOf();
			const key = `HKLM\\Software\\${run}`;
			const objects = [
				{
					type: 'attack-pattern',
					id: stixId('attack-pattern', { x_mitre_id: 'T1566.001' }),
					name: 'T1566.001',
					x_mitre_id: 'T1566.001',
				},
				{ type: 'user-account', id: stixId('user-account', { account_login: run }), account_login: run },
				{ type: 'windows-registry-key', id: stixId('windows-registry-key', { key }), key },
				{
					type: 'observed-data',
					id: `observed-data--00000000-0000-4000-8000-${run
						.slice(-6)
						.padStart(12, '0')
						.replace(/[^0-9a-f]/g, '0')}`,
					first_observed: '2026-01-01T00:00:00Z',
					last_observed: '2026-01-01T00:00:00Z',
					number_observed: 1,
					objects: { 0: { type: 'domain-name', value: `stix20.${run}.example` } },
				},
			];
			const import_ = async () =>
				(await client().importBundle({ type: 'bundle', objects: objects })) as DirectImportResult;
			expect(unsettled(await import_())).toEqual([]);
			const again = await import_();
			expect([again.complete, unsettled(again)]).toEqual([true, []]);
			expect(again.objects.every(({ existed }) => existed === true)).toBe(true);
		});

		it('adds files to an object, once', async () => {
			const { id } = await client().createReport(reportFromEmail(mailOf(targetOf(), 'add')));
			const file = draftFile({ content: Buffer.from('a,b\n1,2\n'), contentType: 'text/csv', fileName: 'rows.csv' });
			expect((await client().addFiles(id, [file])).map(({ status }) => status)).toEqual(['uploaded']);
			expect((await client().addFiles(id, [file])).map(({ status }) => status)).toEqual(['present']);
		});

		it('imports a bundle without a report, and leaves what others own as it is', async () => {
			const value = `owned.${targetOf().run}.example`;
			const theirs = await read<{ stixCyberObservableAdd: { id: string } }>(
				targetOf(),
				`mutation D { stixCyberObservableAdd(type: "Domain-Name", DomainName: {value: "${value}"}, x_opencti_score: 70) { id } }`,
			);
			const bundle = bundleOf(mailOf(targetOf(), 'bundle'), [found('domain-name', value)]);
			const objects = bundle.objects!.filter(({ type }) => type !== 'report');
			for (let run = 0; run < 2; run++) {
				const result = (await client().importBundle({ ...bundle, objects })) as DirectImportResult;
				expect([result.complete, unsettled(result)]).toEqual([true, []]);
			}
			const { stixCyberObservable } = await read<{ stixCyberObservable: Stored & { x_opencti_score: number } }>(
				targetOf(),
				`query L($id: String!) { stixCyberObservable(id: $id) { x_opencti_score objectMarking { definition } } }`,
				{ id: theirs.stixCyberObservableAdd.id },
			);
			expect([stixCyberObservable.x_opencti_score, definitions(stixCyberObservable)]).toEqual([70, []]);
		});

		it('queues a bundle that the platform then imports, with recipients, marked, without an error', async () => {
			if (!atLeast(targetOf().version, '6.5.7')) return;
			const message = mailOf(targetOf(), 'queue');
			const result = await client().importBundle(bundleOf(message, INDICATORS(targetOf())), { mode: 'push' });
			const workId = 'workId' in result ? result.workId! : '';
			const [report] = await eventually(async () => {
				const reports = await client().findReports({ messageId: message.messageId! });
				return reports.length > 0 ? reports : undefined;
			});
			const { status, errors } = await eventually(async () => {
				const work = await client().bundleWork(workId);
				return work.status === 'complete' ? work : undefined;
			});
			expect([status, errors]).toEqual(['complete', []]);
			expect(report!.markings).toEqual(['TLP:AMBER+STRICT']);
			const stored = await reportOn(targetOf(), report!.id);
			const [mail] = stored.objects.edges.filter(({ node: { entity_type } }) => entity_type === 'Email-Message');
			expect(await addressesOf(targetOf(), mail!.node.id)).toEqual([
				`from sender@${targetOf().run}.example`,
				`to soc@${targetOf().run}.example`,
			]);
		});

		it('keeps drafts and live data apart', async () => {
			if (!atLeast(targetOf().version, '6.6')) {
				await expect(client().createDraftWorkspace('Suite')).rejects.toMatchObject({ code: 'OPENCTI_VERSION' });
				return;
			}
			const workspace = await client().createDraftWorkspace(`Suite ${targetOf().run}`);
			const message = mailOf(targetOf(), 'approval', { attachments: [PDF] });
			for (let run = 0; run < 2; run++) {
				const result = await withObjects(client({ workspace }), message);
				expect([result.created, result.complete]).toEqual([run === 0, true]);
			}
			expect(await client().findReports({ messageId: message.messageId! })).toEqual([]);
			expect(await client({ workspace }).findReports({ messageId: message.messageId! })).toHaveLength(1);
			await expect(client({ workspace }).importBundle(bundleOf(message), { mode: 'push' })).rejects.toMatchObject({
				code: 'OPENCTI_INPUT',
			});
		});

		it('leaves what is live as it is when a draft adds to it', async () => {
			if (!atLeast(targetOf().version, '6.6')) return;
			const message = mailOf(targetOf(), 'both', { attachments: [PDF] });
			const { id } = await withObjects(client(), mailOf(targetOf(), 'both'));
			const before = await reportOn(targetOf(), id);
			const workspace = await client().createDraftWorkspace(`Both ${targetOf().run}`);
			const further = client({ workspace });
			const added = await withObjects(further, message);
			expect([added.id, added.created, added.complete]).toEqual([id, false, true]);
			expect(added.files.map(({ status }) => status)).toEqual(['uploaded']);
			await further.addTo(id, { notes: [{ title: 'In a draft', content: 'To be approved' }] });
			expect(await reportOn(targetOf(), id)).toEqual(before);
		});
	});

	describe('the node', () => {
		const run = async (parameters: IDataObject, items: INodeExecutionData[]) => {
			const { url, token } = targetOf();
			const step = node('OpenCTI', TYPE, parameters, { credentials: { emailIntelOpenCtiApi: { id: '1', name: 'o' } } });
			const result = await execute({
				types: { [TYPE]: new OpenCti() },
				nodes: [step],
				connections: {},
				credentials: new FakeCredentials({ emailIntelOpenCtiApi: { url, token } }),
				startNode: 'OpenCTI',
				startItems: items,
			});
			return (result.output('OpenCTI') ?? []).map(({ json }) => made(json));
		};
		const eml = (name: string, more = ''): INodeExecutionData => ({
			json: {},
			binary: {
				data: {
					data: rawOf(targetOf(), name, more).toString('base64'),
					mimeType: 'message/rfc822',
					fileName: 'mail.eml',
				},
			},
		});

		it('makes reports of several messages, each once', async () => {
			const parameters = {
				resource: 'report',
				operation: 'createFromEmail',
				tlp: 'amber',
				contents: 'observables',
				options: {},
			};
			const items = ['n1', 'n2', 'n3'].map((name) => eml(name));
			const first = await run(parameters, items);
			expect(first.map(({ created, complete }) => [created, complete])).toEqual([
				[true, true],
				[true, true],
				[true, true],
			]);
			const again = await run(parameters, items);
			expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
			expect(again.map(({ created, complete }) => [created, complete])).toEqual([
				[false, true],
				[false, true],
				[false, true],
			]);
			for (const { id } of first) expect(definitions(await reportOn(targetOf(), String(id)))).toEqual(['TLP:AMBER']);
		});

		it('makes a report of a bundle, finds it, and adds a file to it', async () => {
			const message = mailOf(targetOf(), 'nb');
			const json = { bundle: bundleOf(message, INDICATORS(targetOf())) as unknown as IDataObject };
			const from = { resource: 'report', operation: 'createFromBundle', bundle: '={{ $json.bundle }}', options: {} };
			const [first] = await run(from, [{ json }]);
			const [again] = await run(from, [{ json }]);
			expect([first!.complete, again!.complete, again!.created, again!.id]).toEqual([true, true, false, first!.id]);
			const find = { resource: 'report', operation: 'find', by: 'messageId', messageId: message.messageId! };
			expect((await run(find, [{ json: {} }]))[0]).toMatchObject({ id: first!.id });
			const add = { resource: 'file', operation: 'add', objectId: String(first!.id), binaryNames: 'data', options: {} };
			const csv = { data: Buffer.from('a;b\n').toString('base64'), mimeType: 'text/csv', fileName: 'rows.csv' };
			for (let time = 0; time < 2; time++) {
				expect((await run(add, [{ json: {}, binary: { data: csv } }]))[0]).toMatchObject({ complete: true });
			}
		});

		it('opens a case and adds the reply', async () => {
			const parameters = { resource: 'case', operation: 'create', tlp: 'amber', severity: 'high', options: {} };
			const [first] = await run(parameters, [eml('nc')]);
			const reply = `In-Reply-To: <nc@${targetOf().run}.example>\r\n`;
			const [second] = await run(parameters, [eml('nr', reply)]);
			expect([second!.id, second!.appended]).toEqual([first!.id, true]);
		});

		it('makes an incident, and adds a note, findings and a file to it, with nothing filled in', async () => {
			const create = {
				resource: 'incident',
				operation: 'create',
				tlp: 'amber',
				incidentType: 'phishing',
				severity: 'high',
				contents: 'observables',
				options: {},
			};
			const hunt = {
				matches: 1,
				rows: [{ subject: 'Quota', matchedBy: [`domain-name:value = 'node.${targetOf().run}.example'`] }],
			};
			const csv = { data: Buffer.from('a;b\n').toString('base64'), mimeType: 'text/csv', fileName: 'rows.csv' };
			for (const created of [true, false]) {
				const [incident] = await run(create, [eml('nn')]);
				expect(incident).toMatchObject({ created, complete: true });
				const item = { json: { incident: incident as IDataObject, hunt }, binary: { data: csv } };
				for (const operation of ['addNote', 'addFindings'] as const) {
					const [added] = await run({ resource: 'report', operation, note: 'Seen', options: {} }, [item]);
					expect(added).toMatchObject({
						id: incident!.id,
						complete: true,
						counts: { note: { created: created ? 1 : 0 } },
					});
				}
				const [files] = await run({ resource: 'file', operation: 'add', binaryNames: 'data', options: {} }, [item]);
				expect(files).toMatchObject({ id: incident!.id, complete: true });
			}
		});

		it('imports a bundle', async () => {
			const objects = bundleOf(mailOf(targetOf(), 'ni'), INDICATORS(targetOf())).objects!.filter(
				({ type }) => type !== 'report',
			);
			const json = { bundle: { type: 'bundle', objects } as unknown as IDataObject };
			const parameters = {
				resource: 'bundle',
				operation: 'import',
				bundle: '={{ $json.bundle }}',
				mode: 'direct',
				options: {},
			};
			for (let time = 0; time < 2; time++) {
				expect((await run(parameters, [{ json }]))[0]).toMatchObject({ mode: 'direct', complete: true });
			}
		});
	});
}

const TYPE = 'n8n-nodes-email-intel.openCti';
const PDF = attachment('report.pdf', 'application/pdf', Buffer.from('%PDF-1.7\n\0\xff binary', 'latin1'));
const CSV = attachment('rows.csv', 'text/csv', 'a,b\n1,2\n');

const dateOf = (name: string) =>
	new Date(Date.UTC(2026, 0, 1) + (Buffer.from(name).reduce((sum, byte) => sum * 31 + byte, 7) % 10_000_000) * 1_000);

function mailOf({ run }: Target, name: string, more: Partial<Email> = {}): Email {
	return email({
		messageId: `<${name}@${run}.example>`,
		subject: `${name} of ${run}`,
		date: dateOf(`${run} ${name}`),
		receivedAt: dateOf(`${run} ${name}`),
		text: `Text of ${name}, ${run}`,
		from: [{ address: `sender@${run}.example` }],
		to: [{ address: `soc@${run}.example` }],
		sha256: Buffer.from(`${run} ${name}`).toString('hex').padEnd(64, '0').slice(0, 64),
		...more,
	});
}

const rawOf = ({ run }: Target, name: string, more: string) =>
	Buffer.from(
		`From: sender@${run}.example\r\nTo: soc@${run}.example\r\nSubject: ${name} of ${run}\r\nMessage-ID: <${name}@${run}.example>\r\n` +
			`Date: ${dateOf(`${run} ${name}`).toUTCString()}\r\n${more}\r\nLook at http://${name}.${run}.example/ and at 198.51.100.7\r\n`,
	);

const found = (type: Indicator['type'], value: string): Indicator => ({
	type,
	value,
	original: value,
	defanged: true,
	sources: [{ part: 'text' }],
	flags: [],
});
const INDICATORS = ({ run }: Target) => [
	found('domain-name', `evil.${run}.example`),
	found('url', `http://evil.${run}.example/a`),
	found('ipv4-addr', '203.0.113.99'),
];

const bundleOf = (message: Email, indicators: Indicator[] = []) =>
	emailToBundle(message, { indicators, patterns: { policy: 'defanged' } }) as unknown as AnyBundle;

function withObjects(client: OpenCtiClient, message: Email): Promise<BundleReportResult> {
	const run = message.messageId!.split('@')[1]!.split('.')[0]!;
	const indicators = INDICATORS({ run } as Target).map((indicator) => ({
		...indicator,
		// Of each mail its own: what one test makes is new to it.
		value: indicator.value.replace('evil.', `${message.messageId!.slice(1).split('@')[0]}.`),
	}));
	return client.createReportFromBundle(bundleOf(message, indicators), {
		draft: reportFromEmail(message, { indicators }),
	});
}

interface StoredIncident extends Stored {
	incident_type: string;
	severity: string;
	source: string;
	importFiles: { edges: object[] };
}

async function incidentOn(target: Target, id: string): Promise<StoredIncident> {
	const { incident } = await read<{ incident: StoredIncident }>(
		target,
		`query I($id: String) { incident(id: $id) { incident_type severity source objectMarking { definition } importFiles(first: 10) { edges { node { id } } } } }`,
		{ id },
	);
	return incident;
}

/** What an object is related to, how, and how the relationships are marked. */
async function linksOf(target: Target, id: string): Promise<string[]> {
	const { stixCoreRelationships } = await read<{
		stixCoreRelationships: { edges: { node: Stored & { relationship_type: string; fromId: string } }[] };
	}>(
		target,
		`query L($id: [String]) { stixCoreRelationships(toId: $id, first: 200) { edges { node { relationship_type fromId objectMarking { definition } } } } }`,
		{ id: [id] },
	);
	const links = await Promise.all(
		stixCoreRelationships.edges.map(async ({ node: link }) => {
			const { stixCoreObject } = await read<{ stixCoreObject: { entity_type: string } }>(
				target,
				'query O($id: String!) { stixCoreObject(id: $id) { entity_type } }',
				{ id: link.fromId },
			);
			return `${stixCoreObject.entity_type} ${link.relationship_type} ${definitions(link).join()}`;
		}),
	);
	return links.sort();
}

/** What must not change of what is added to. */
async function stateOn(target: Target, id: string): Promise<object> {
	const { stixDomainObject } = await read<{ stixDomainObject: object }>(
		target,
		`query S($id: String!) { stixDomainObject(id: $id) { standard_id confidence objectMarking { definition } objectLabel { value } createdBy { name }
			... on Report { name description content published } ... on CaseIncident { name description content severity }
			... on Incident { name description severity source } } }`,
		{ id },
	);
	return stixDomainObject;
}

const unsettled = ({ objects }: Pick<BundleReportResult, 'objects'>) =>
	objects.filter(({ status }) => status !== 'imported');

interface Stored {
	objectMarking: { definition: string }[] | null;
}
const definitions = ({ objectMarking }: Stored) => (objectMarking ?? []).map(({ definition }) => definition);

interface StoredReport extends Stored {
	standard_id: string;
	name: string;
	content: string;
	confidence: number;
	externalReferences: { edges: { node: { external_id: string } }[] };
	importFiles: { edges: { node: { id: string; name: string; metaData: { file_markings: string[] | null } } }[] };
	objects: { edges: { node: Stored & { id: string; entity_type: string; relationship_type?: string } }[] };
}

async function reportOn(target: Target, id: string): Promise<StoredReport> {
	const { report } = await read<{ report: StoredReport }>(
		target,
		`query R($id: String!) { report(id: $id) {
			standard_id name content confidence objectMarking { definition }
			externalReferences(first: 50) { edges { node { external_id } } }
			importFiles(first: 50) { edges { node { id name metaData { file_markings } } } }
			objects(first: 200, all: true) { edges { node {
				... on BasicObject { id entity_type }
				... on BasicRelationship { id entity_type }
				... on StixCoreObject { objectMarking { definition } }
				... on StixCoreRelationship { relationship_type objectMarking { definition } }
			} } }
		} }`,
		{ id },
	);
	return report;
}

async function addressesOf(target: Target, id: string): Promise<string[]> {
	const { stixNestedRefRelationships } = await read<{
		stixNestedRefRelationships: { edges: { node: { relationship_type: string; to: { value?: string } } }[] };
	}>(
		target,
		`query N($id: StixRef) { stixNestedRefRelationships(fromId: $id, first: 100) { edges { node {
			relationship_type to { ... on EmailAddr { value } } } } } }`,
		{ id },
	);
	return stixNestedRefRelationships.edges
		.flatMap(({ node: { relationship_type, to } }) =>
			to.value === undefined ? [] : [`${relationship_type} ${to.value}`],
		)
		.sort();
}

/** A way to the platform that is cut after so many requests. */
async function cutAfter(url: string, most: number): Promise<{ url: string; close: () => Promise<void> }> {
	const target = new URL(url);
	const { request: secure } = await import('node:https');
	let count = 0;
	const server = createServer((incoming, answer) => {
		if (++count > most) return void incoming.socket.destroy();
		const onward = (target.protocol === 'https:' ? secure : send)(
			{
				hostname: target.hostname,
				port: target.port,
				method: incoming.method,
				path: incoming.url,
				headers: { ...incoming.headers, host: target.host },
			},
			(response) => {
				answer.writeHead(response.statusCode ?? 502, response.headers);
				response.pipe(answer);
			},
		);
		onward.on('error', () => answer.destroy());
		return void incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const path = target.pathname.replace(/\/$/, '');
	return {
		url: `http://127.0.0.1:${port}${path}`,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
