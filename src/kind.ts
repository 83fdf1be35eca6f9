// What a caller gave, in a word or two for an error message.

/** `null`, `"adam"`, `the function adam`, `Uint8Array`, `Object`. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case "function":
      return `the function ${value.name}`;
    case "object": {
      if (value === null) return "null";
      const { constructor } = value as { constructor?: unknown };
      const name = typeof constructor === "function" ? constructor.name : "";
      return name === "" ? "an object" : name;
    }
    default:
      return String(value);
  }
}
