import { toEntraError } from '../../../lib/microsoft/entra/explain';

it("a code that is one of JavaScript's own names is no meaning", () => {
	for (const [errorCode, errorNo] of [
		['constructor', undefined],
		['x', 'toString'],
		['__proto__', 'valueOf'],
	]) {
		const error = toEntraError(
			Object.assign(new Error('no'), { errorCode, errorNo }),
			'https://login.example',
			undefined,
		);
		expect(error).toMatchObject({ code: 'MICROSOFT_LOGIN_REFUSED', message: 'Entra did not issue a token (no)' });
	}
});
