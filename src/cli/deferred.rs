//! Arguments of a subcommand that are described only when somebody uses it: describing all of them takes
//! longer than reading a small base.

use clap::{ArgMatches, Args, Command, Error, FromArgMatches};

/// Arguments that are described late.
#[derive(Debug)]
pub(super) struct Deferred<T>(pub T);

/// Says what `describe` says, but keeps what the command says of itself.
fn keeping_about(command: Command, describe: fn(Command) -> Command) -> Command {
    let (about, long_about) = (command.get_about().cloned(), command.get_long_about().cloned());
    let command = describe(command);
    match (about, long_about) {
        (None, _) => command,
        (Some(about), None) => command.about(about).long_about(None::<&str>),
        (Some(about), Some(long_about)) => command.about(about).long_about(long_about),
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(|command| keeping_about(command, T::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|command| keeping_about(command, T::augment_args_for_update))
    }
}
