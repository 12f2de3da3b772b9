/** Of the API, not of the package: its first number is the `v1` of the path. */
export const apiVersion = '1.0.0'
/** The day this version of the API was released (YYYY-MM-DD). */
export const apiReleased = '2026-11-23'
export const basePath = '/liggare/v1'
