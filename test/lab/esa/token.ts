import { createHmac, timingSafeEqual } from 'node:crypto';
import { LabError } from './answers';

const part = (value: object | string): string =>
	Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** JSON Web Tokens (RFC 7519, HS256) as the appliance hands them out. Times are epoch seconds. */
export class Tokens {
	#count = 0;

	readonly #secret: string;
	readonly #now: () => number;

	constructor(secret: string, now: () => number) {
		this.#secret = secret;
		this.#now = now;
	}

	issue(user: string, agent: string, lifeSeconds: number): string {
		const iat = Math.floor(this.#now() / 1000);
		const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ user, agent, iat, exp: iat + lifeSeconds, jti: (this.#count += 1) })}`;
		return `${text}.${this.#sign(text)}`;
	}

	/** Claims of a valid token. Throws the appliance's 401 otherwise. */
	check(token: string): { user: string; agent: string; secondsLeft: number } {
		const [head, claims, signature, ...rest] = token.split('.');
		if (!head || !claims || !signature || rest.length > 0) throw new LabError(401, 'InvalidTokenError.');
		const due = Buffer.from(this.#sign(`${head}.${claims}`));
		const given = Buffer.from(signature);
		if (due.length !== given.length || !timingSafeEqual(due, given)) throw new LabError(401, 'InvalidTokenError.');
		const { user, agent, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
			user: string;
			agent: string;
			exp: number;
		};
		const secondsLeft = exp - this.#now() / 1000;
		if (secondsLeft <= 0) throw new LabError(401, 'ExpiredSignatureError.');
		return { user, agent, secondsLeft };
	}

	#sign(text: string): string {
		return createHmac('sha256', this.#secret).update(text).digest('base64url');
	}
}
