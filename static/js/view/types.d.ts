/** Shapes only, no code. Global, so that modules need no import for a type. */

/** Vendored libraries that come without types of their own in the page's tools. */
declare module "emojibase-data" {
  export const data: Wire.Json[];
  export const codes: Record<string, string | string[]>;
}

declare module "highlight.js" {
  const hljs: {
    getLanguage(name: string): unknown;
    highlight(code: string, options: { language: string; ignoreIllegals: boolean }): { value: string };
  };
  export default hljs;
}

declare namespace View {
  type Page = import("./page.js").Page;

  /** What lies over the page. */
  interface Layer {
    render(): unknown;
    /** Its part of the address, if it has one. */
    layer?: import("./router.js").Layer | null;
    /** What is asked there, with its question mark. */
    asks?: string;
  }

  /** One page of the room's settings. */
  interface Matter {
    /** Brings what it shows. */
    load?(): Promise<void>;
    /** The server is at it in the background, and tells nobody how far it is. */
    unfinished?: boolean;
    body(): unknown;
  }

  /** One drawn row of the list. */
  interface Row {
    /** A Core.Item; what it holds depends on its `type`. */
    // biome-ignore lint/suspicious/noExplicitAny: the union would have to be told apart again in every template
    item: any;
    /** Further items that are told in the same line. */
    // biome-ignore lint/suspicious/noExplicitAny: as `item`
    more: any[];
    key: string;
    /** It begins a run: avatar and name stand there. */
    first: boolean;
    /** The "New" line stands before it. */
    fresh: boolean;
  }

  interface Day {
    key: string;
    /** The day itself: two rows of one day have the same. */
    day: string;
    at: string | number;
    rows: Row[];
  }

  /** What the server tells the page at the start. */
  interface Boot {
    me: Wire.User;
    /** Another one means that the server has newer page files. Empty where files have no hashes. */
    version: string;
    site: { name: string };
    urls: {
      rooms: string;
      signIn: string;
      signOut: string;
      account: string;
      worker: string;
      icons: string;
      logo: string;
      logoFlag: string;
      logoOffline: string;
    };
    limits: {
      textBytes: number;
      nameLength: number;
      topicLength: number;
      /** Bytes of one file, and files of one message. */
      fileBytes: number;
      files: number;
    };
  }
}
