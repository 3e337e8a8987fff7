import { NodeHelpers, type ICredentialDataDecryptedObject, type IExecuteFunctions, type INode } from 'n8n-workflow';
import { EmailIntelCiscoEsaApi } from '../../../credentials/EmailIntelCiscoEsaApi.credentials';
import { EmailIntelOpenCtiApi } from '../../../credentials/EmailIntelOpenCtiApi.credentials';
import { clearTextWarning, warnOfClearText } from '../../../nodes/shared/clearText';

/* An http:// URL is not refused, but whoever enters it, tests it or runs it is told that the secret can be read on the way. */

const URLS: [url: string, isTold: boolean][] = [
	['http://opencti.example.com', true],
	['HTTP://192.0.2.1:6443', true],
	['http://127.0.0.1.example.com', true],
	['https://opencti.example.com', false],
	['opencti.example.com', false],
	['http://localhost.example.com/', true],
	['http://localhost', false],
	['http://localhost:8080', false],
	['HTTP://localhost/opencti', false],
	['http://127.0.0.1:8080', false],
	['http://[::1]:8080', false],
	['', false],
];

const node: INode = { id: '1', name: 'n', type: 't', typeVersion: 1, position: [0, 0], parameters: {} };

describe.each(URLS)('the URL %s', (url, isTold) => {
	it.each([new EmailIntelOpenCtiApi(), new EmailIntelCiscoEsaApi()])(
		'is warned of in the dialog of $displayName only where it has to be',
		({ properties }) => {
			const notice = properties.find(({ type }) => type === 'notice')!;
			expect(NodeHelpers.displayParameter({ url }, notice, node, null)).toBe(isTold);
		},
	);

	it('is warned of by the credential test and in the output pane', () => {
		const told: unknown[] = [];
		const context = { addExecutionHints: (hint: unknown) => told.push(hint) } as unknown as IExecuteFunctions;
		const credential: ICredentialDataDecryptedObject = { url };
		warnOfClearText(context, credential, 'API token');
		const message =
			'The URL begins with http://, so the API token is sent in clear text. Use https:// if the server supports it.';
		expect(clearTextWarning(credential, 'API token')).toBe(isTold ? message : undefined);
		expect(told).toEqual(isTold ? [{ message, type: 'warning', location: 'outputPane' }] : []);
	});
});
