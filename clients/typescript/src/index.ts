// The SDK of Madang: what a program needs to be a citizen.
export const PROTOCOL = 1;
