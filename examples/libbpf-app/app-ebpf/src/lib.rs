//! A build dependency needs a library. This one is empty.
#![no_std]
